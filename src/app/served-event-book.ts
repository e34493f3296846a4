/** The event book of an application, on each HTTP server that its sockets have. */
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import type { Counters } from '../base/counters.js';
import type { Logger } from '../base/log.js';
import type { Contract } from '../contract/contract.js';
import { describeBook } from '../contract/page/book.js';
import { resolveDocs, type ResolvedDocs } from '../contract/page/docs-options.js';
import { eventBook } from '../contract/page/event-book.js';
import { putInFront, type Front } from '../server/front.js';
import type { FlightRecorder } from '../telemetry/recorder/recorder.js';
import type { AppOptions } from './options.js';
import { hostsOf } from './server-options.js';

interface Parts {
  readonly io: Server;
  readonly options: AppOptions;
  readonly log: Logger;
  readonly transports: { readonly counters: Counters };
  readonly contract: () => Contract;
  /** The flight recorder, which records if the option `recorder` is given. */
  readonly flightRecorder: FlightRecorder;
}

export class ServedEventBook {
  /** The path of Engine.IO, if `attach` gives one of its own. */
  socketPath: string | undefined;
  readonly #front: Front;
  readonly #servers = new WeakSet<HttpServer>();

  /** The event book that the option `docs` asks for, if it does. */
  static of(parts: Parts): ServedEventBook | undefined {
    const docs = resolveDocs(parts.options.docs);
    return docs && new ServedEventBook(docs, parts);
  }

  private constructor(
    private readonly docs: ResolvedDocs,
    private readonly parts: Parts,
  ) {
    const { options, log, transports, flightRecorder } = parts;
    const { counters } = transports;
    const isRecorded = options.recorder !== undefined;
    const describe = (): ReturnType<typeof describeBook> =>
      describeBook({ ...parts, name: options.name, path: docs.path, socketPath: this.socketPath, isRecorded });
    const recording = (call: string | undefined): object => flightRecorder.dump(call === undefined ? {} : { call });
    this.#front = eventBook({
      ...docs,
      hosts: hostsOf(options),
      cors: options.cors,
      log,
      counters,
      describe,
      ...(isRecorded ? { recording } : {}),
    });
  }

  /** Serves the page before everything else that the server answers. */
  serveOn(server: HttpServer | undefined): void {
    const { log } = this.parts;
    if (!server) return log.warn('the event book is not served: the engine has no HTTP server of Node.js');
    if (this.#servers.has(server)) return;
    this.#servers.add(server);
    putInFront(server, this.#front, 'the event book', log);
  }

  /** Logs where it is. */
  report(url = ''): void {
    this.parts.log.info(`event book on ${url}${this.docs.path}/`);
  }
}
