/** Mistakes that are seen only when all controllers are looked at together. */
import type { PlacelessProblem, Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import type { Class } from '../../base/reflect.js';
import { lineage } from '../metadata/store.js';
import type { ControllerFacts, HandlerFacts } from './facts.js';

/** Names that Socket.IO or Node.js keep for themselves; a listener of that name would break the connection. */
export const reservedEvents: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
]);

/** Yields what is wrong with the names of events. */
export function* checkEvents(controllers: readonly ControllerFacts[]): Step<void> {
  const seen = new Map<string, HandlerFacts>();
  for (const { namespace, handlers } of controllers) {
    for (const handler of handlers) {
      const misnamed = handler.kind === 'event' ? nameProblem(handler) : undefined;
      if (misnamed) yield misnamed;
      if (handler.kind !== 'event' && handler.kind !== 'any') continue;
      const key = `${String(namespace.path)} ${handler.kind} ${handler.event}`;
      const other = seen.get(key);
      if (other) yield eventTaken(handler, namespace.path, other.label);
      else seen.set(key, handler);
    }
  }
}

/**
 * `socket.data` is one object: two classes of one namespace cannot both be its class, unless one extends the other. Then an object
 * of the derived one serves both.
 */
export function* checkData(controllers: readonly ControllerFacts[]): Step<void> {
  const known = new Map<string, { readonly type: Class; readonly label: string }[]>();
  for (const { namespace, handlers } of controllers) {
    const others = known.get(String(namespace.path)) ?? [];
    known.set(String(namespace.path), others);
    for (const { label, params } of handlers) {
      for (const { type, metadata } of params) {
        if (metadata?.kind !== 'data' || metadata.key !== undefined || typeof type !== 'function') continue;
        if (type === Object) continue;
        const other = others.find((each) => !isRelated(each.type, type as Class));
        if (other) yield dataProblem(label, type.name, other.label);
        else others.push({ type: type as Class, label });
      }
    }
  }
}

function isRelated(a: Class, b: Class): boolean {
  return lineage(a).includes(b) || lineage(b).includes(a);
}

function dataProblem(where: string, type: string, other: string): SetupProblem {
  return {
    where,
    code: 'data_class',
    what: `@Data() makes socket.data a ${type}, but in ${other} another class has it already; one would undo the other.`,
    fix: "take one class for all handlers of the namespace, or properties: @Data('name').",
  };
}

/** Says that an event has its handler already. */
export function eventTaken({ label, event }: HandlerFacts, path: string | RegExp, other: string): SetupProblem {
  return {
    where: label,
    code: 'event_taken',
    what: `the event '${event}' of the namespace ${String(path)} is handled by ${other} already.`,
    fix: 'rename one of the two events, or have one method do both.',
  };
}

/** Says what is wrong with the name of an event, if anything. */
export function eventNameProblem(event: string): string | undefined {
  if (event === '') return 'the event has an empty name.';
  if (reservedEvents.has(event)) return `'${event}' is a reserved event name: Socket.IO or Node.js use it themselves.`;
  return undefined;
}

/** Says that something else stands in the place of an event's name: options, as a rule. */
export function eventTypeProblem(event: unknown, where: string, fix: string): SetupProblem | undefined {
  if (typeof event === 'string') return undefined;
  return { code: 'event_name', where, what: `the name of the event is a value of type ${typeof event}.`, fix };
}

/** Says what is wrong with the name of an event that `@Emit` sends. */
export function emittedNameProblem(event: unknown, where: string): SetupProblem | undefined {
  if (typeof event !== 'string')
    return eventTypeProblem(event, where, "write @Emit('name', { … }), with the name first.");
  const what = eventNameProblem(event);
  return what ? { code: 'event_name', where, what: `@Emit: ${what}`, fix: 'choose another name.' } : undefined;
}

const remedies: Readonly<Record<string, string>> = {
  connect: 'use @OnConnect.',
  disconnect: 'use @OnDisconnect.',
  disconnecting: 'use @OnDisconnect with @Rooms().',
  error: 'choose another name; @OnError handles what handlers throw.',
};

function nameProblem({ event, label, method }: HandlerFacts): SetupProblem | undefined {
  if (event === 'connection') {
    return {
      code: 'connection_event',
      where: label,
      what: "'connection' is what a Socket.IO server calls its listeners with; clients do not send it, so nothing calls this handler.",
      fix: "use @OnConnect. If clients do send an event of that name: checks: { connection_event: 'off' }.",
    };
  }
  if (typeof method === 'symbol' && event === String(method)) {
    return {
      code: 'event_name',
      where: label,
      what: 'the method has no name that could be an event.',
      fix: "write @On('name').",
    };
  }
  const what = eventNameProblem(event);
  return what ? { code: 'event_name', where: label, what, fix: remedies[event] ?? 'choose another name.' } : undefined;
}

/** Says what is wrong with the function that handles something, if anything. */
export function methodProblem(method: unknown): PlacelessProblem | undefined {
  if (!/Generator/.test(Object.prototype.toString.call(method))) return undefined;
  return {
    code: 'generator',
    what: 'it is a generator: nobody takes what it yields, and its caller would be answered an empty object.',
    fix: 'emit each value, socket.emit(…), and return the last one.',
  };
}
