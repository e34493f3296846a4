/** Copies text; if a browser has no clipboard for the page, the text is selected instead. */
import { announce, button, h } from './dom.js';

/** Buttons that copy code, and the code that was copied last. */
export function codeButtons(codes: Readonly<Record<string, () => string>>): HTMLElement {
  const shown = h('pre', { class: 'copied', tabindex: 0, hidden: true, 'aria-label': 'Code' });
  const said = h('span', { class: 'hint' });
  const buttons = Object.entries(codes).map(([name, make]) =>
    button(
      name,
      () => {
        try {
          shown.textContent = make();
        } catch (error) {
          shown.hidden = true;
          return announce((said.textContent = (error as Error).message));
        }
        shown.hidden = false;
        void copy(shown).then((text) => announce((said.textContent = text)));
      },
      { class: 'small quiet' },
    ),
  );
  return h('div', { class: 'fields' }, h('div', { class: 'row' }, ...buttons, said), shown);
}

async function copy(element: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return 'Copied.';
  } catch {
    getSelection()?.selectAllChildren(element);
    element.focus();
    return 'Selected: press Ctrl+C to copy it.';
  }
}
