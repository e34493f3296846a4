/**
 * Who is to hear of the end of a connection. They are held weakly: a connection may last for millions of calls, and what
 * nobody needs any more leaves nothing behind.
 */
export class AbortControllers {
  readonly #controllers = new Set<WeakRef<AbortController>>();

  add(controller: AbortController): void {
    const ref = new WeakRef(controller);
    this.#controllers.add(ref);
    collected.register(controller, () => this.#controllers.delete(ref));
  }

  /** Tells all of them, once. */
  abort(reason: unknown): void {
    for (const ref of this.#controllers) ref.deref()?.abort(reason);
    this.#controllers.clear();
  }
}

const collected = new FinalizationRegistry<() => void>((forget) => forget());
