import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import {
  type Actor,
  type ActorError,
  createBatchActor,
  type Delivery,
  type Overflow,
  type Reply,
  type Schedule,
  type StopOptions,
} from '../src/index.ts'
import { type ManualClock, manualClock } from '../src/testing.ts'
import { type Gate, gate } from './gate.ts'
import { turn } from './turn.ts'

/** What the drain does with a message. */
export type Deed = 'answer' | 'answer late' | 'claim' | 'claim and answer late' | 'throw' | 'forget'

export type Step =
  | { op: 'ask'; deed: Deed; timeoutMs: number | undefined; signal: number | undefined }
  | { op: 'tell'; deed: Deed }
  | { op: 'turn' }
  | { op: 'open gate' }
  | { op: 'settle late'; at: number }
  | { op: 'advance'; ms: number }
  | { op: 'abort'; signal: number }

export interface WorldOptions {
  readonly capacity: number
  readonly maxWaiting: number
  readonly overflow: Overflow
  readonly maxBatch: number
  readonly schedule: Schedule
  /** Whether a drain waits for its gate before it is over. */
  readonly gated: boolean
}

type Job = { readonly id: number; readonly deed: Deed }
type Jobs = { job: { ask: Job; answer: number } }
type Lost = { readonly code: 'LOST'; readonly retryable: false; readonly message: string }

interface Sent {
  readonly id: number
  settled: number
  reply?: Reply<number, Lost | ActorError>
}

/** An actor, its callers and their whims; keeps the books that the properties are read from. */
export class RandomWorld {
  readonly clock: ManualClock = manualClock()
  readonly signals: AbortController[] = [0, 1, 2].map(() => new AbortController())
  readonly asks: Sent[] = []
  /** Ids in the order in which they were handed to the drain. */
  readonly drained: number[] = []
  drainedAfterStop = 0
  overlaps = 0
  readonly #actor: Actor<Jobs, Lost>
  readonly #gates: Gate[] = []
  readonly #late: Delivery<Jobs, Lost>[] = []
  readonly #claimed = new Set<number>()
  readonly #heard = new Set<number>()
  #told = 0
  #draining = false
  #stopped = false
  #stopping: Promise<unknown> = Promise.resolve()

  constructor({ gated, ...options }: WorldOptions) {
    this.#actor = createBatchActor<Jobs, Lost>({
      name: 'world',
      ...options,
      clock: this.clock,
      drain: (batch) => this.#drain(batch, gated),
    })
  }

  async run(step: Step): Promise<void> {
    switch (step.op) {
      case 'ask':
        return this.#ask(step)
      case 'tell':
        this.#told++
        this.#actor.tell('job', { id: this.asks.length + this.#told, deed: step.deed })
        return
      case 'turn':
        return turn()
      case 'open gate':
        return this.#gates.shift()?.open()
      case 'settle late':
        return this.#settleLate(step.at)
      case 'advance':
        return this.clock.advance(step.ms)
      case 'abort':
        this.signals[step.signal]?.abort()
        this.signals[step.signal] = new AbortController()
        return
      default:
        step satisfies never
    }
  }

  stop(options: StopOptions): void {
    this.#stopping = this.#actor.stop(options).then(() => {
      this.#stopped = true
    })
  }

  /** Lets time run until the stop is over, then gives everything left a chance to misbehave. */
  async end(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      await turn()
      this.clock.advance(20)
    }
    await this.#stopping
    for (const waiting of this.#gates.splice(0)) waiting.open()
    for (const delivery of this.#late.splice(0)) expect(delivery.settle({ ok: true, value: -1 })).toBe(false)
    await turn(3)
  }

  listeners(controller: AbortController): number {
    return getEventListeners(controller.signal, 'abort').length
  }

  /** A claimed ask was never told that it was aborted; an answer comes only from the drain; a retryable error means: not handled. */
  expectHonest({ id, reply }: Sent): void {
    if (reply === undefined) return
    if (reply.ok) {
      expect(reply.value).toBe(id)
      expect(this.#heard).toContain(id)
      return
    }
    if (reply.error.code === 'ABORTED') expect(this.#claimed).not.toContain(id)
    if (reply.error.code === 'LOST') expect(this.#claimed).toContain(id)
    if (reply.error.retryable) expect(this.drained).not.toContain(id)
  }

  expectCountersAddUp(): void {
    const { depth, waiting, inFlight, accepted, rejected, ...rest } = this.#actor.stats()
    expect({ depth, waiting, inFlight }).toEqual({ depth: 0, waiting: 0, inFlight: 0 })
    expect(accepted + rejected).toBe(this.asks.length + this.#told)
    expect(accepted).toBe(rest.handled + rest.failed + rest.expired + rest.aborted + rest.closed + rest.dropped)
    expect(rest.handled).toBe(this.#heard.size)
  }

  #ask({ deed, timeoutMs, signal }: Step & { op: 'ask' }): void {
    const sent: Sent = { id: this.asks.length + 1 + this.#told, settled: 0 }
    this.asks.push(sent)
    const options = { timeoutMs, signal: signal === undefined ? undefined : this.signals[signal]?.signal }
    void this.#actor.ask('job', { id: sent.id, deed }, options).then((reply) => {
      sent.settled++
      sent.reply = reply
    })
  }

  #drain(batch: readonly Delivery<Jobs, Lost>[], gated: boolean): undefined | Promise<void> {
    if (this.#draining) this.overlaps++
    if (this.#stopped) this.drainedAfterStop++
    this.drained.push(...batch.map((delivery) => delivery.body.id))
    for (const delivery of batch) this.#do(delivery)
    if (!gated) return undefined
    const next = gate()
    this.#gates.push(next)
    this.#draining = true
    return next.opened.then(() => {
      this.#draining = false
    })
  }

  #do(delivery: Delivery<Jobs, Lost>): void {
    const { deed, id } = delivery.body
    if (deed === 'throw') throw new Error(`job ${id}`)
    if (deed === 'claim' || deed === 'claim and answer late') {
      const lost: Lost = { code: 'LOST', retryable: false, message: 'nobody knows' }
      if (delivery.claim({ onTimeout: () => lost })) this.#claimed.add(id)
    }
    if (deed === 'answer' || deed === 'claim') this.#answer(delivery)
    if (deed === 'answer late' || deed === 'claim and answer late') this.#late.push(delivery)
  }

  #settleLate(at: number): void {
    const [delivery] = this.#late.splice(at % Math.max(1, this.#late.length), 1)
    if (delivery !== undefined) this.#answer(delivery)
  }

  #answer(delivery: Delivery<Jobs, Lost>): void {
    const { id } = delivery.body
    if (!delivery.settle({ ok: true, value: id })) return
    expect(this.#heard).not.toContain(id)
    this.#heard.add(id)
  }
}
