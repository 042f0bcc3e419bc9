export const fateOf = { acknowledged: 1, refused: 2, otherwise: 3 } as const

/** What became of each write, in a byte each: with their names, the harness would hold more than the store that it looks at. */
export class Fates {
  #bytes = new Uint8Array(65_536)

  at(write: number): number {
    return this.#bytes[write] ?? 0
  }

  set(write: number, fate: number): void {
    if (write >= this.#bytes.length) {
      const larger = new Uint8Array(Math.max(write + 1, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[write] = fate
  }
}
