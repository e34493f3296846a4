/** Random values that a seed repeats. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, without, `below`. */
  int(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.int(256)));
  }

  text(length: number): string {
    return Array.from({ length }, () => this.pick([...'ab/,:[]{}"\\0-1 \u0000é語\u{1f600}__proto__'])).join('');
  }

  /** Something that JSON can say, often almost what a handler expects. */
  json(depth = 3): unknown {
    switch (this.int(depth > 0 ? 12 : 8)) {
      case 0:
        return null;
      case 1:
        return this.int(2) === 0;
      case 2:
        return this.int(2_000) - 1_000;
      case 3:
        return this.int(1_000) / 7;
      case 4:
        return 1e308 * (this.int(3) - 1);
      case 5:
      case 6:
      case 7:
        return this.text(this.int(20));
      case 8:
        return Array.from({ length: this.int(5) }, () => this.json(depth - 1));
      default: {
        const keys = [
          'text',
          'n',
          'at',
          'path',
          'x',
          'y',
          'constructor',
          '__proto__',
          'toString',
          'then',
          'length',
          'name',
        ];
        const object: Record<string, unknown> = {};
        for (let n = this.int(6); n > 0; n--) {
          Object.defineProperty(object, this.pick(keys), {
            value: this.json(depth - 1),
            enumerable: true,
            configurable: true,
          });
        }
        return object;
      }
    }
  }
}
