import type { DataSet } from './data-set.ts'

/** The right answers, found by looking at every record of the data set: slow and obvious. */
export class KnownAnswers {
  readonly #data: DataSet
  readonly #phases: readonly number[]

  constructor(data: DataSet) {
    this.#data = data
    this.#phases = Array.from(data.indicesOf('phase'))
  }

  /** Ids of the newest phases with this status. */
  newest(status: string, limit: number): readonly string[] {
    const found = this.#phases.filter((index) => this.#data.statusAt(index) === status)
    return this.#ids(this.#byTime(found, -1).slice(0, limit))
  }

  /** Ids of the specs of the plan at this index. */
  specsOf(plan: number): readonly string[] {
    const specs = Array.from(this.#data.indicesOf('spec'))
    return this.#ids(specs.filter((index) => this.#data.parentOf(index) === plan))
  }

  /** Ids of the phases from this instant on, oldest first. */
  since(fromMs: number, limit: number): readonly string[] {
    const found = this.#phases.filter((index) => this.#data.updatedMsAt(index) >= fromMs)
    return this.#ids(this.#byTime(found, 1).slice(0, limit))
  }

  /** Ids of the phases with this name and order. */
  named(name: string, order: number): readonly string[] {
    const found = this.#phases.filter((index) => {
      const item = this.#data.itemAt(index)
      return item.type === 'phase' && item.data.name === name && item.data.order === order
    })
    return this.#ids(found)
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const index of this.#phases) {
      const status = this.#data.statusAt(index)
      counts[status] = (counts[status] ?? 0) + 1
    }
    return counts
  }

  #byTime(indices: readonly number[], sign: 1 | -1): readonly number[] {
    const time = (index: number): number => this.#data.updatedMsAt(index)
    // Ids ascend with the index.
    return indices.toSorted((a, b) => sign * (time(a) - time(b)) || a - b)
  }

  #ids(indices: readonly number[]): readonly string[] {
    return indices.map((index) => this.#data.idAt(index))
  }
}
