import assert from 'node:assert/strict'
import type { LogReader, Seq } from '@stateward/contract'
import { type ReadBack, take } from './read-back.ts'
import type { Trial } from './trial.ts'

/** Follows a log in the background, and looks that each batch is the next one. */
export class Follower {
  readonly found: ReadBack = { lines: [], ptrs: [], epochs: [] }
  /** Resolves when the iteration has ended, rejects as it does. */
  readonly ended: Promise<void>
  readonly #from: Seq
  readonly #abort: AbortController
  readonly #waiting: { seq: Seq; resolve: () => void }[] = []

  /** `pause` is awaited after each batch: a slow consumer. */
  constructor(trial: Trial, reader: LogReader, from: Seq, pause?: () => Promise<void>) {
    this.#from = from
    this.#abort = trial.abortable()
    this.ended = this.#pump(reader, pause)
    this.ended.catch(() => undefined)
  }

  get lastSeq(): Seq {
    return this.#from + this.found.lines.length - 1
  }

  /** Resolves once the commit `seq` has come. */
  async reached(seq: Seq): Promise<void> {
    if (this.lastSeq >= seq) return
    const coming = new Promise<void>((resolve) => this.#waiting.push({ seq, resolve }))
    const tooEarly = this.ended.then(() => assert.fail(`follow ended by itself before commit ${seq}`))
    await Promise.race([coming, tooEarly])
  }

  /** Aborts and waits for the end. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.ended
  }

  async #pump(reader: LogReader, pause: (() => Promise<void>) | undefined): Promise<void> {
    for await (const batch of reader.follow(this.#from, this.#abort.signal)) {
      take(this.found, batch, this.#from)
      for (const waiting of this.#waiting) if (waiting.seq <= this.lastSeq) waiting.resolve()
      await pause?.()
    }
  }
}
