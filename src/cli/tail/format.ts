/** A happening as a line for people. */
import type { Happening } from './happening.js';

const signs = {
  received: '→',
  answered: '←',
  failed: '✕',
  emitted: '»',
  connected: '+',
  refused: '✕',
  left: '-',
} as const;

/** `→ /chat say  {"text":"hi"}  #Xy12`. */
export function formatHappening(happening: Happening): string {
  const { type } = happening;
  if (type === 'dropped') return `  ${happening.lines} lines were left out: there are more than can be shown`;
  if (type === 'started') return `  the program runs (process ${happening.pid})`;
  return [signs[type], happening.namespace || '(no namespace)', ...wordsOf(happening)].join(' ');
}

function wordsOf(happening: Exclude<Happening, { type: 'dropped' | 'started' }>): string[] {
  switch (happening.type) {
    case 'received':
      return [happening.event, ...valuesOf(happening.arguments), from(happening.socket)];
    case 'answered':
      return [happening.event, ...answerOf(happening.answer), `${happening.duration} ms`, from(happening.socket)];
    case 'failed': {
      const { event, outcome, code, error, duration, socket } = happening;
      const why = error === undefined ? [] : [`(${error})`];
      return [event, code ?? outcome, ...why, `${duration} ms`, from(socket)];
    }
    case 'emitted': {
      const { event, socket, rooms } = happening;
      const to = socket === undefined ? rooms.map((room) => `room ${room}`).join(', ') || 'everybody' : from(socket);
      return [event, ...valuesOf(happening.arguments), `to ${to}`];
    }
    default:
      return [happening.type, `over ${happening.transport}`, ...optional(happening.reason), from(happening.socket)];
  }
}

function answerOf(answer: readonly unknown[] | undefined): string[] {
  if (answer === undefined) return ['(no answer asked)'];
  return answer.length === 0 ? ['(answered, without a value)'] : valuesOf(answer);
}

/** Characters of a value in a line. */
const LONGEST = 300;

function valuesOf(values: readonly unknown[]): string[] {
  return values.map((value) => {
    const text = JSON.stringify(value) ?? 'undefined';
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  });
}

function optional(text: string | undefined): string[] {
  return text === undefined ? [] : [`(${text})`];
}

function from(socket: string): string {
  return socket === '' ? '' : `#${socket}`;
}
