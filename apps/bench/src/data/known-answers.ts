import type { DataSet } from './data-set.ts'

/** The right answers, found by looking at every record of the data set: slow and obvious. */
export class KnownAnswers {
  readonly #data: DataSet
  readonly #phases: readonly number[]

  constructor(data: DataSet) {
    this.#data = data
    this.#phases = Array.from(data.indicesOf('phase'))
  }

  /** Ids of the newest phases with this status; of all without one. */
  newest(status: string | undefined, limit: number): readonly string[] {
    const found = this.#phases.filter((index) => status === undefined || this.#data.statusAt(index) === status)
    return this.#ids(this.#byTime(found, -1).slice(0, limit))
  }

  /** Ids of the specs of the plan at this index, and only of those whose name contains a text. */
  specsOf(plan: number, part = ''): readonly string[] {
    const specs = Array.from(this.#data.indicesOf('spec')).filter((index) => this.#data.parentOf(index) === plan)
    const nameOf = (index: number): string => {
      const item = this.#data.itemAt(index)
      return item.type === 'spec' ? (item.data.name ?? '') : ''
    }
    return this.#ids(specs.filter((index) => nameOf(index).includes(part)))
  }

  /** Ids of the phases of the spec at this index, by their order. */
  phasesOf(spec: number): readonly string[] {
    const orderOf = (index: number): number => {
      const item = this.#data.itemAt(index)
      return item.type === 'phase' ? (item.data.order ?? -1) : -1
    }
    const found = this.#phases.filter((index) => this.#data.parentOf(index) === spec)
    return this.#ids(found.toSorted((a, b) => orderOf(a) - orderOf(b) || a - b))
  }

  /** Ids of the phases from this instant on, oldest first; only of those with a status, where one is given. */
  since(fromMs: number, limit: number, status?: string): readonly string[] {
    const found = this.#phases.filter(
      (index) =>
        this.#data.updatedMsAt(index) >= fromMs && (status === undefined || this.#data.statusAt(index) === status),
    )
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
