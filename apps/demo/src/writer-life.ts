import { performance } from 'node:perf_hooks'
import type { Acknowledged, FromWriter, WriterOrders } from './messages.ts'
import { type Ended, startWriter, type Writer } from './start-writer.ts'

export interface WriterLifeOptions {
  readonly orders: WriterOrders
  /** Aborted: the writer is killed, and whoever waits is told. */
  readonly signal: AbortSignal
  readonly heard: (writes: readonly Acknowledged[], commits: number, underWay: number) => void
  /** Called once, when the process is gone, with how long it wrote. */
  readonly ended: (writingMs: number) => void
}

/** One writer process from its start to its end. */
export class WriterLife {
  readonly writer: Writer
  readonly #options: WriterLifeOptions
  readonly #ended: Promise<Ended>
  #waiters: (() => void)[] = []
  #opened: number | undefined
  #failure: Error | undefined
  #isOver = false

  constructor(options: WriterLifeOptions) {
    this.#options = options
    this.writer = startWriter(options.orders, (message) => this.#hear(message))
    const { signal } = options
    const abort = (): void => this.writer.kill()
    signal.addEventListener('abort', abort, { once: true })
    this.#ended = this.writer.ended.finally(() => {
      signal.removeEventListener('abort', abort)
      this.#isOver = true
      options.ended(performance.now() - (this.#opened ?? performance.now()))
      this.#wake()
    })
    // Whoever waits for the end hears of it there.
    this.#ended.catch(() => {})
  }

  #hear(message: FromWriter): void {
    if (message.kind === 'opened') this.#opened = performance.now()
    if (message.kind === 'acknowledged') this.#options.heard(message.writes, message.commits, message.underWay)
    if (message.kind === 'failed') this.#failure = new Error(`the writer failed: ${message.code}  ${message.message}`)
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake()
  }

  /** Resolves when this holds, looked at after every message. Rejects when the writer ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isOver) throw this.#failure ?? new Error('the writer ended before it was asked to')
      await new Promise<void>((resolve) => this.#waiters.push(resolve))
    }
  }

  /** Resolves when the process is gone and everything it told has been heard; rejects with why it failed. */
  async end(): Promise<Ended> {
    const ended = await this.#ended
    if (this.#failure !== undefined) throw this.#failure
    return ended
  }
}
