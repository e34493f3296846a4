/** The queries of WebSockets that begin a session: nearly all clients of a server ask for the same address. */
import type { EngineServer } from '../ws.js';

/** Has an engine take an address apart once for all who ask for it one after the other; each gets an object of its own. */
export function rememberQuery(engine: EngineServer): void {
  const prepare = engine.prepare.bind(engine);
  let known: { readonly url: string | undefined; readonly query: Readonly<Record<string, string>> } | undefined;
  engine.prepare = (request) => {
    // Middleware of the user's own may have made the query.
    if (request._query) return prepare(request);
    const { url } = request;
    if (known && known.url === url) {
      request._query = { ...known.query };
      return;
    }
    prepare(request);
    const query = request._query as Readonly<Record<string, string>> | undefined;
    if (query?.['transport'] === 'websocket' && query['sid'] === undefined) known = { url, query: { ...query } };
  };
}
