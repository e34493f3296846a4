/** The parts of the handshake that the handlers of a namespace read. */
import type { HandlerPlan } from '../controllers/plan/types.js';
import type { ArgumentOrigin } from '../controllers/plan/arguments/origin.js';
import type { Class } from '../payload/index.js';
import type { HandshakeContract, JsonSchema } from './contract.js';
import type { Schemas } from './schema/schemas.js';
import { isDto, valueOf } from './values.js';

const sources: ReadonlySet<string> = new Set(['auth', 'query', 'header', 'cookie', 'param']);

/** Each value once, those that `@OnConnect` needs first. */
export function handshakeOf(handlers: readonly HandlerPlan[], schemas: Schemas): HandshakeContract[] {
  const ordered = handlers.toSorted((a, b) => Number(b.kind === 'connect') - Number(a.kind === 'connect'));
  const found = new Map<string, HandshakeContract>();
  for (const { origin } of ordered.flatMap((handler) => handler.arguments)) {
    if (!origin || !sources.has(origin.kind)) continue;
    const source = origin.kind as HandshakeContract['source'];
    const isText = source !== 'auth';
    const value = valueOf(origin, schemas);
    const isRead = isText && ['number', 'boolean'].includes(value.type);
    const entry = {
      source,
      ...(origin.key === undefined ? {} : { key: origin.key }),
      ...value,
      ...(isRead ? { schema: { type: 'string' } } : {}),
      ...(isText && isDto(origin.type) ? { schema: textSchema(origin, origin.type, schemas) } : {}),
    };
    const id = JSON.stringify([source, origin.key, value.type, value.each]);
    if (!found.has(id)) found.set(id, entry);
  }
  return [...found.values()];
}

function textSchema({ optional, options }: ArgumentOrigin, type: Class, schemas: Schemas): JsonSchema {
  const schema = schemas.ofTexts(type, options);
  return optional ? { anyOf: [schema, { type: 'null' }] } : schema;
}

/** Whether a handler reads the session of HTTP. */
export function usesSession(handlers: readonly HandlerPlan[]): boolean {
  return handlers.some((handler) => handler.arguments.some(({ label }) => label.startsWith('@Session')));
}
