/**
 * A counter that several nodes add to with no store between them. Every node counts its own part and tells the others all
 * parts that it knows; the larger number of a part is the newer one. So it does not matter in which order they hear of
 * each other, whether they hear something twice, or whether a message is lost.
 */
export class SharedCounter {
  readonly #parts = new Map<string, number>();

  /** @param own what this node's part is called; no other node, and no earlier process, may have the same */
  constructor(private readonly own: string) {}

  add(): void {
    this.#parts.set(this.own, (this.#parts.get(this.own) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#parts.values()].reduce((sum, part) => sum + part, 0);
  }

  get parts(): [name: string, count: number][] {
    return [...this.#parts];
  }

  /** Takes over what another node knows. */
  merge(parts: readonly [name: string, count: number][]): void {
    for (const [name, count] of parts) this.#parts.set(name, Math.max(count, this.#parts.get(name) ?? 0));
  }
}
