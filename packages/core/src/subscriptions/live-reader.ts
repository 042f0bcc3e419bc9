import { type LiveUpdate, limits, type Seq, type StatewardError, type StoredRecord } from '@stateward/contract'
import type { LiveConsumer } from './live-watcher.ts'

/** The result that a reader is told of, as it is now. */
export interface LiveResult<R = StoredRecord> {
  readonly seq: Seq
  /** `undefined` until it is known. */
  readonly rows: readonly R[] | undefined
}

type Next<R> = IteratorResult<LiveUpdate<R>, undefined>

interface Caller<R> {
  readonly resolve: (next: Next<R>) => void
  readonly reject: (error: unknown) => void
}

const over: Next<never> = Object.freeze({ done: true, value: undefined })

/** One reader of a live query: what it has not been told yet, bounded. */
export class LiveReader<R = StoredRecord> implements LiveConsumer<R> {
  readonly #result: LiveResult<R>
  #waiting: LiveUpdate<R>[] = []
  #count = 0
  /** Whether the whole result is to be told instead of differences. */
  #isAnew = true
  #over: { readonly error: StatewardError | undefined } | undefined
  /** Those who have asked for what is not there yet, in the order of their calls. */
  readonly #callers: Caller<R>[] = []
  /** Told once, when nothing more comes. */
  onEnd: () => void = () => undefined

  constructor(result: LiveResult<R>) {
    this.#result = result
  }

  /** The result is known, or known anew. */
  ready(): void {
    this.#serve()
  }

  /** Takes a group of differences, which all readers of the query share. */
  tell(update: Extract<LiveUpdate<R>, { kind: 'changes' }>): void {
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
    this.#serve()
  }

  /** Nothing more comes. */
  end(error?: StatewardError): void {
    if (this.#over !== undefined) return
    this.#over = { error }
    this.#serve()
    this.onEnd()
  }

  /**
   * What comes next. Rejects once with what has made an end to it. By hand, and not in a generator: of those each difference that
   * is told costs six promises, here one.
   */
  next(): Promise<Next<R>> {
    const update = this.#callers.length === 0 ? this.#take() : undefined
    if (update !== undefined) return Promise.resolve({ done: false, value: update })
    return new Promise((resolve, reject) => {
      this.#callers.push({ resolve, reject })
      if (this.#over !== undefined) this.#serve()
    })
  }

  #serve(): void {
    for (let caller = this.#callers[0]; caller !== undefined; caller = this.#callers[0]) {
      const update = this.#take()
      if (update === undefined && this.#over === undefined) return
      this.#callers.shift()
      if (update !== undefined) caller.resolve({ done: false, value: update })
      else this.#tellEnd(caller)
    }
  }

  #tellEnd({ resolve, reject }: Caller<R>): void {
    const error = this.#over?.error
    this.#over = { error: undefined }
    if (error === undefined) resolve(over)
    else reject(error)
  }

  #take(): LiveUpdate<R> | undefined {
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
