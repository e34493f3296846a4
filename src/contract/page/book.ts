/** The data of the page: the contract, and how it reaches the sockets. */
import type { Server, ServerOptions } from 'socket.io';
import type { Contract } from '../contract.js';

/** The event book as data, `book.json`. Addresses are relative to the page, so that a proxy may put a path before them. */
export interface Book {
  /** The option `name` of the application. */
  readonly name?: string;
  readonly contract: Contract;
  /** Whether there is a flight recorder, whose recording is `recording.json` beside the page. */
  readonly isRecorded: boolean;
  readonly socket: {
    /** The path that clients connect to. */
    readonly path: string;
    /** Socket.IO's client for browsers; absent with `serveClient: false`. */
    readonly client?: string;
    /** Whether the option `parser` is given: Socket.IO's client does not speak it. */
    readonly isForeign: boolean;
    readonly transports: readonly string[];
  };
}

/** The parts of an application that a book is made of. */
export interface BookSource {
  readonly io: Server;
  readonly name: string | undefined;
  /** The path of the page, without a slash at its end. */
  readonly path: string;
  /** The path of the sockets, if it is not that of `io`. */
  readonly socketPath: string | undefined;
  readonly contract: () => Contract;
  readonly isRecorded: boolean;
}

/** Describes the application as it is now. */
export function describeBook({ io, name, path, socketPath, contract, isRecorded }: BookSource): Book {
  const up = '../'.repeat(path.split('/').length - 1);
  const below = (absolute: string): string => `${up}${absolute.replace(/^\/|\/$/g, '')}/`;
  const { opts } = io as unknown as { readonly opts?: Partial<ServerOptions> };
  const isServed = io.serveClient();
  return {
    ...(name === undefined ? {} : { name }),
    contract: contract(),
    isRecorded,
    socket: {
      path: below(socketPath ?? io.path()),
      ...(isServed ? { client: `${below(io.path())}socket.io.esm.min.js` } : {}),
      isForeign: opts?.parser !== undefined,
      transports: (io.engine.opts.transports as readonly string[] | undefined) ?? ['polling', 'websocket'],
    },
  };
}
