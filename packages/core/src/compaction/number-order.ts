/** So many are sorted in one turn of the event loop. */
const runRows = 4_096

/**
 * Rows in the order of a number that each has (its seq, its place in the log), equal ones in their own order. Sorted in runs, which
 * are merged as the rows are asked for: no turn of the event loop pays for all of them. Four bytes a row.
 */
export class NumberOrder {
  readonly #numbers: Float64Array
  readonly #order: Uint32Array
  /** Where each run goes on, and where it ends. */
  readonly #at: number[] = []
  readonly #end: number[] = []
  /** Runs that have rows left: a binary heap, the one whose next row has the lowest number first. */
  readonly #heap: number[] = []

  private constructor(numbers: Float64Array) {
    this.#numbers = numbers
    this.#order = new Uint32Array(numbers.length)
    for (let row = 0; row < numbers.length; row++) this.#order[row] = row
  }

  /** Sorts; O(n log n) time in all, a run between two calls of `breathe`. */
  static async of(numbers: Float64Array, breathe: () => Promise<void>): Promise<NumberOrder> {
    const order = new NumberOrder(numbers)
    for (let from = 0; from < numbers.length; from += runRows) {
      order.#addRun(from, Math.min(from + runRows, numbers.length))
      await breathe()
    }
    return order
  }

  /** The next row; `undefined` behind the last. O(log n). */
  next(): number | undefined {
    const [run] = this.#heap
    if (run === undefined) return undefined
    const at = this.#at[run] ?? 0
    this.#at[run] = at + 1
    if (at + 1 === this.#end[run]) {
      const last = this.#heap.pop() ?? run
      if (this.#heap.length > 0) this.#heap[0] = last
    }
    this.#sink()
    return this.#order[at]
  }

  #addRun(from: number, to: number): void {
    const run = this.#order.subarray(from, to)
    if (!this.#isAscending(from, to))
      run.sort((left, right) => this.#numberOf(left) - this.#numberOf(right) || left - right)
    this.#at.push(from)
    this.#end.push(to)
    this.#heap.push(this.#at.length - 1)
    this.#rise()
  }

  #isAscending(from: number, to: number): boolean {
    for (let row = from + 1; row < to; row++) if (this.#numberOf(row) < this.#numberOf(row - 1)) return false
    return true
  }

  #rise(): void {
    const heap = this.#heap
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!this.#isBefore(child, parent)) return
      this.#swap(child, parent)
      child = parent
    }
  }

  #sink(): void {
    const heap = this.#heap
    for (let parent = 0; ; ) {
      let child = parent * 2 + 1
      if (child >= heap.length) return
      if (child + 1 < heap.length && this.#isBefore(child + 1, child)) child++
      if (!this.#isBefore(child, parent)) return
      this.#swap(child, parent)
      parent = child
    }
  }

  /** Whether the run at this position of the heap comes before that one; runs of one number in the order of their rows. */
  #isBefore(left: number, right: number): boolean {
    const a = this.#heap[left] ?? 0
    const b = this.#heap[right] ?? 0
    return this.#headOf(a) - this.#headOf(b) < 0 || (this.#headOf(a) === this.#headOf(b) && a < b)
  }

  #headOf(run: number): number {
    return this.#numberOf(this.#order[this.#at[run] ?? 0] ?? 0)
  }

  #numberOf(row: number): number {
    return this.#numbers[row] ?? 0
  }

  #swap(left: number, right: number): void {
    const heap = this.#heap
    const one = heap[left] ?? 0
    heap[left] = heap[right] ?? 0
    heap[right] = one
  }
}
