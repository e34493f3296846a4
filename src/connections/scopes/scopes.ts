/** Makes the scopes of an application, and knows which of them are still being disposed of. */
import { Socket } from 'socket.io';
import { createScopedContainer, disposeAll, type DependencyContainer } from '../../base/container.js';
import { EventContext } from '../../base/context.js';
import { eventName, type Logger } from '../../base/log.js';
import { CallScope, Scope } from './scope.js';

export class Scopes {
  readonly #ending = new Set<Promise<void>>();

  /** @param singletons the tokens of the singletons that classes of a connection or call take */
  constructor(
    private readonly container: DependencyContainer,
    private readonly singletons: ReadonlySet<unknown>,
    private readonly log: Logger,
  ) {}

  ofConnection(socket: Socket): Scope {
    return new Scope(
      () => createScopedContainer(this.container, [[Socket, socket]], this.singletons),
      (container) => this.#dispose(container, 'an instance of a connection could not be disposed of', socket, {}),
    );
  }

  ofCall(context: EventContext): CallScope {
    const { socket, event, namespace, handler } = context;
    const facts = { event: eventName(event), namespace, handler: handler.label };
    const own = [
      [Socket, socket],
      [EventContext, context],
    ] as const;
    return new CallScope(
      context.settled,
      () => createScopedContainer(this.container, own, this.singletons),
      (container) => this.#dispose(container, 'an instance of a call could not be disposed of', socket, facts),
    );
  }

  /** Resolves when nothing is being disposed of any more. */
  async idle(): Promise<void> {
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  #dispose(container: DependencyContainer, message: string, { id }: Socket, facts: object): void {
    const ending = disposeAll(container, (err) => this.log.error({ err, ...facts, socket: id }, message));
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }
}
