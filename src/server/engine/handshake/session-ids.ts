/** The ids of sessions, from random bytes that the system is asked for once for many of them. */
import { newSessionId } from '../../../connections/namespaces/socket-ids.js';
import type { EngineServer } from '../ws.js';

/** Has an engine that makes ids in the way of Engine.IO make them of the pool; a way of the user's own stays. */
export function takeSessionIds(engine: EngineServer): void {
  if (/base64id/.test(String(engine.generateId))) engine.generateId = newSessionId;
}

/** Whether its ids are those of the pool, which are there at once. */
export function hasOwnIds(engine: EngineServer): boolean {
  return engine.generateId === newSessionId;
}
