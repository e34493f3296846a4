/** Where the sources of a program declare its classes. */
import { textOf } from './sources.js';

export interface ClassPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The name under which it is exported; `default` for the default export, absent if it is not exported. */
  readonly exportedAs?: string;
}

/** Classes by their names, as the text of the files tells. */
export class Classes {
  readonly #texts = new Map<string, string>();

  constructor(files: readonly string[]) {
    for (const file of files) if (/\.[cm]?[jt]sx?$/.test(file)) this.#texts.set(file, textOf(file));
  }

  /** Returns the places of classes of that name; several if the name is used twice. */
  find(name: string): ClassPlace[] {
    return [...this.#texts].flatMap(([file, text]) => {
      const place = placeIn(text, name);
      return place ? [{ file, ...place }] : [];
    });
  }

  /** Returns the line of a method, if the class has it in its own text. */
  lineOf({ file, line }: ClassPlace, method: string): number | undefined {
    const lines = this.#texts.get(file)!.split('\n');
    const declaration = new RegExp(
      `^\\s*(?:(?:public|protected|override|async)\\s+)*\\*?\\s*(?:${escaped(method)}|\\[?['"]${escaped(method)}['"]\\]?)\\s*[(<]|@[\\w.]+(?:\\(.*\\))?\\s+(?:async\\s+)?\\*?${escaped(method)}\\s*[(<]`,
    );
    const end = lines.findIndex((text, index) => index >= line && /^\}|^(export\s+)?(abstract\s+)?class\s/.test(text));
    const found = lines.findIndex((text, index) => index >= line && (end < 0 || index < end) && declaration.test(text));
    return found < 0 ? undefined : found + 1;
  }
}

function placeIn(text: string, name: string): Omit<ClassPlace, 'file'> | undefined {
  const word = escaped(name);
  const declared = new RegExp(
    `^[^\\n/*'"\`]*?(export\\s+)?(default\\s+)?(?:abstract\\s+)?class\\s+${word}\\b`,
    'm',
  ).exec(text);
  if (!declared) return undefined;
  const line = text.slice(0, declared.index + declared[0].length).split('\n').length;
  const exportedAs = exportOf(text, name, declared);
  return { line, ...(exportedAs === undefined ? {} : { exportedAs }) };
}

function exportOf(text: string, name: string, [, exported, isDefault]: RegExpExecArray): string | undefined {
  if (exported) return isDefault ? 'default' : name;
  const word = escaped(name);
  if (new RegExp(`^export\\s+default\\s+${word}\\b`, 'm').test(text)) return 'default';
  const [, alias, again] =
    new RegExp(`^export\\s*\\{[^}]*?\\b(${word})\\b(?:\\s+as\\s+(\\w+))?[^}]*\\}(?!\\s*from)`, 'm').exec(text) ?? [];
  return again ?? alias;
}

function escaped(text: string): string {
  return text.replace(/[$.*+?^{}()|[\]\\]/g, '\\$&');
}
