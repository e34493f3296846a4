/** Values as text: for people, and as the code of a program. */

/** Longest text of one value that is shown. */
const LONGEST = 20_000;

/** A value as JSON on several lines; bytes by their number. `undefined` is said. */
export function jsonText(value: unknown): string {
  return shortened(value === undefined ? 'nothing' : JSON.stringify(value, replacer, 2));
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return jsonText(value).replace(/\n */g, ' ');
}

/** The bytes that values are on the wire: those of their JSON, and of what is bytes itself. */
export function bytesOf(values: readonly unknown[]): number {
  let binary = 0;
  const json = JSON.stringify(values, (_key, value: unknown) => {
    const size = byteLength(value);
    if (size === undefined) return value;
    binary += size;
    return { _placeholder: true, num: 0 };
  });
  return new TextEncoder().encode(json).length + binary;
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … (${text.length} characters)` : text;
}

function replacer(_key: string, value: unknown): unknown {
  const size = byteLength(value);
  return size === undefined ? value : `<${size} bytes>`;
}

function byteLength(value: unknown): number | undefined {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value.byteLength : undefined;
}

/** A line that is longer is broken. */
const WIDTH = 72;

/** A value as the expression of a program. */
export function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quote(value);
  if (ArrayBuffer.isView(value)) return `new Uint8Array([${[...(value as Uint8Array)].join(', ')}])`;
  if (value instanceof ArrayBuffer) return literal(new Uint8Array(value));
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = isList
    ? value.map((each) => literal(each, inner))
    : Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${literal(each, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const space = isList ? '' : ' ';
  const line = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (line.length + indent.length <= WIDTH && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

/** A text between single quotes. */
export function quote(text: string): string {
  const body = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${body.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** `__proto__: x` in a program would set the prototype. */
function keyOf(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}
