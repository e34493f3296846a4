/** A conversation: lines of people, and notices between them. */

/**
 * Shows entries in an ordered list: `{ notice }`, or `{ text, name?, own? }`.
 * @param {HTMLElement} list
 */
export function createTalk(list) {
  const toEnd = () => (list.scrollTop = list.scrollHeight);
  return {
    add(entry) {
      list.append(makeLine(entry));
      toEnd();
    },
    show(entries) {
      list.replaceChildren(...entries.map(makeLine));
      toEnd();
    },
  };
}

function makeLine({ notice, text, name, own }) {
  const line = document.createElement('li');
  line.className = notice ? 'notice' : own ? 'own' : '';
  if (name && !own) line.append(Object.assign(document.createElement('b'), { textContent: name }));
  line.append(notice ?? text);
  return line;
}
