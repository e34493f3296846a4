/** The door to the package `@socket.io/redis-streams-adapter`. */
import { lookupBase } from '../../base/packages/optional.js';
import { createRequire } from 'node:module';
import type { Namespace } from 'socket.io';
import type { Adapter, ClusterMessage, MessageType } from 'socket.io-adapter';
import { missingLibrary } from '../transports/transport.js';
import type { Fields } from './entries.js';

const PACKAGE = '@socket.io/redis-streams-adapter';

export interface Response {
  readonly type: MessageType;
  /** `error` is an addition of ours: why the question cannot be answered. */
  readonly data: { readonly requestId: string; readonly error?: string };
}

interface Question {
  readonly type: MessageType;
  readonly timeout: NodeJS.Timeout;
  readonly responses: unknown[];
  /** For `FETCH_SOCKETS` it takes the answers, for `SERVER_SIDE_EMIT` an error or null and the answers. */
  resolve(...answer: unknown[]): void;
}

/** An adapter of the package, with what is hidden from those who use it. */
export interface OfficialAdapter extends Adapter {
  readonly uid: string;
  publish(message: object): void;
  doPublish(message: ClusterMessage): Promise<string>;
  onMessage(message: ClusterMessage, offset?: string): void;
  onRawMessage(fields: Fields, offset?: string): void;
  /** Questions of this node that are not answered yet, by their ids. */
  readonly requests: Map<string, Question>;
  onResponse(response: Response): void;
  doPublishResponse(uid: string, response: Response): Promise<void>;
}

/** Some of its methods as they are now, before others take their place. */
export function methodsOf<Name extends keyof OfficialAdapter>(
  adapter: OfficialAdapter,
  ...names: readonly Name[]
): Pick<OfficialAdapter, Name> {
  const methods = names.map((name) => [name, (adapter[name] as (...args: unknown[]) => unknown).bind(adapter)]);
  return Object.fromEntries(methods) as Pick<OfficialAdapter, Name>;
}

/** Its reading of an entry. */
export function decoderOf(adapter: OfficialAdapter): (fields: Fields) => ClusterMessage {
  return (adapter.constructor as unknown as { decode: (fields: Fields) => ClusterMessage }).decode;
}

export interface OfficialPackage {
  createAdapter(
    client: object,
    options: { streamName: string; channelPrefix: string; maxLen: number },
  ): (nsp: Namespace) => OfficialAdapter;
}

/**
 * Loads it at once, as Socket.IO asks for adapters when its server is made.
 * @throws AdapterError with the install command if it is missing
 */
export function loadOfficial(): OfficialPackage {
  const require = createRequire(lookupBase(import.meta.url));
  try {
    require.resolve(PACKAGE);
  } catch (cause) {
    throw missingLibrary('redis-streams', PACKAGE, cause);
  }
  return require(PACKAGE) as OfficialPackage;
}
