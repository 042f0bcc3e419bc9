import { type LiveUpdate, limits, type Seq, type StatewardError, type StoredRecord } from '@stateward/contract'

/** The result that a reader is told of, as it is now. */
export interface LiveResult {
  readonly seq: Seq
  /** `undefined` until it is known. */
  readonly rows: readonly StoredRecord[] | undefined
}

/** One reader of a live query: what it has not been told yet, bounded. */
export class LiveReader {
  readonly #result: LiveResult
  #waiting: LiveUpdate[] = []
  #count = 0
  /** Whether the whole result is to be told instead of differences. */
  #isAnew = true
  #over: { readonly error: StatewardError | undefined } | undefined
  #wake: (() => void) | undefined

  constructor(result: LiveResult) {
    this.#result = result
  }

  /** The result is known, or known anew. */
  ready(): void {
    this.#wake?.()
  }

  /** Takes a group of differences, which all readers of the query share. */
  tell(update: Extract<LiveUpdate, { kind: 'changes' }>): void {
    if (this.#isAnew) {
      this.ready()
      return
    }
    this.#count += update.changes.length
    this.#waiting.push(update)
    if (this.#count > limits.liveBacklog) {
      this.#isAnew = true
      this.#waiting = []
      this.#count = 0
    }
    this.#wake?.()
  }

  /** Nothing more comes. */
  end(error?: StatewardError): void {
    this.#over ??= { error }
    this.#wake?.()
  }

  /** What comes next; `undefined` at the end. Rejects with what has made an end to it. One caller at a time. */
  async next(): Promise<LiveUpdate | undefined> {
    for (;;) {
      const update = this.#take()
      if (update !== undefined) return update
      if (this.#over !== undefined) {
        if (this.#over.error !== undefined) throw this.#over.error
        return undefined
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  #take(): LiveUpdate | undefined {
    // What has ended by itself is told to nobody; what has failed has nothing that is right to tell.
    if (this.#over !== undefined) return undefined
    const { seq, rows } = this.#result
    if (this.#isAnew) {
      if (rows === undefined) return undefined
      this.#isAnew = false
      return Object.freeze({ kind: 'rows', seq, rows })
    }
    const update = this.#waiting.shift()
    this.#count -= update?.kind === 'changes' ? update.changes.length : 0
    return update
  }
}
