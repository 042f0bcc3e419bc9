import type { LiveUpdate } from '@stateward/contract'
import type { LiveReader } from './live-reader.ts'

/** A reader that has begun; `over` is called when nobody reads any more. */
interface Reading<R> {
  readonly reader: LiveReader<R>
  readonly over: () => void
}

/** The updates of a live query, from the first call on, until the signal aborts. */
export class LiveUpdates<R> implements AsyncIterableIterator<LiveUpdate<R>, undefined, void> {
  readonly #begin: () => Reading<R>
  readonly #signal: AbortSignal
  #reader: LiveReader<R> | undefined
  #isOver = false

  constructor(begin: () => Reading<R>, signal: AbortSignal) {
    this.#begin = begin
    this.#signal = signal
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<LiveUpdate<R>, undefined>> {
    this.#isOver ||= this.#reader === undefined && this.#signal.aborted
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    this.#reader ??= this.#read()
    return this.#reader.next()
  }

  /** Ends it for those, too, who wait. */
  return(): Promise<IteratorResult<LiveUpdate<R>, undefined>> {
    this.#isOver = true
    this.#reader?.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  #read(): LiveReader<R> {
    const { reader, over } = this.#begin()
    const end = (): void => reader.end()
    this.#signal.addEventListener('abort', end, { once: true })
    reader.onEnd = () => {
      this.#signal.removeEventListener('abort', end)
      over()
    }
    return reader
  }
}
