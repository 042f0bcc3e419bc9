import type { Acknowledged } from './messages.ts'

export interface Group {
  readonly writes: readonly Acknowledged[]
  readonly commits: number
}

/**
 * Gathers what is acknowledged in one turn of the event loop, so that a group commit becomes one message: the last write
 * of each record, and how many commits there were. An update that changed nothing is no commit.
 */
export class Acknowledgements {
  readonly #tell: (group: Group) => void
  readonly #lastRevs = new Map<string, number>()
  #waiting: Map<string, Acknowledged> | undefined
  #commits = 0

  constructor(tell: (group: Group) => void) {
    this.#tell = tell
  }

  /** Notes a version that was there before. */
  known(id: string, rev: number): void {
    this.#lastRevs.set(id, rev)
  }

  add(write: Acknowledged): void {
    if (write.rev <= (this.#lastRevs.get(write.id) ?? 0)) return
    this.known(write.id, write.rev)
    this.#commits++
    if (this.#waiting === undefined) {
      this.#waiting = new Map()
      setImmediate(() => this.flush())
    }
    this.#waiting.set(write.id, write)
  }

  flush(): void {
    if (this.#waiting === undefined) return
    const group = { writes: [...this.#waiting.values()], commits: this.#commits }
    this.#waiting = undefined
    this.#commits = 0
    this.#tell(group)
  }
}
