import { performance } from 'node:perf_hooks'
import { type domain, hasCode, type State } from 'stateward'
import { Samples } from '../measure/samples.ts'
import { turn } from '../measure/turn.ts'
import { Fates, fateOf } from './fates.ts'

export interface FloodJob {
  readonly atOnce: number
  readonly perMs: number
  readonly until: number
}

type Plans = State<typeof domain>

const lookEveryMs = 50
/** Whoever offers this much sits somewhere else, and its messages come a few at a time: about so many in a turn of the event loop. */
const mostATurn = 1_024
/** Sent one after the other; then those before have their chance to hear, as where each came by a socket of its own. */
const sentTogether = 8

/** Writes that are sent by the clock, whether those before are answered or not. */
export class Flood {
  readonly #state: Plans
  readonly fates: Fates = new Fates()
  readonly refusals: Samples = new Samples()
  sent = 0
  deepest = 0
  grown = 0
  held = 0
  #pending = 0
  #empty: () => void = () => undefined

  constructor(state: Plans) {
    this.#state = state
  }

  /** Begins with some at once, then goes by the clock. */
  async run({ atOnce, perMs, until }: FloodJob): Promise<void> {
    const { rss } = process.memoryUsage()
    const heldBefore = heldIn((await this.#state.stats()).memoryParts)
    let last = performance.now()
    let due = atOnce
    let looked = 0
    do {
      due -= await this.#send(Math.floor(this.sent < atOnce ? due : Math.min(due, mostATurn)))
      await turn()
      const now = performance.now()
      // What a turn was late for is offered in the next, but not without end: nobody could do so from one thread.
      due = Math.min(due + (now - last) * perMs, perMs * 1_000)
      last = now
      if (now < looked + lookEveryMs) continue
      looked = now
      const stats = await this.#state.stats()
      this.deepest = Math.max(this.deepest, stats.mailboxDepth)
      this.held = heldIn(stats.memoryParts) - heldBefore
      this.grown = Math.max(this.grown, process.memoryUsage().rss - rss)
    } while (performance.now() < until)
  }

  async #send(count: number): Promise<number> {
    for (let left = count; left > 0; left -= sentTogether) {
      const now = performance.now()
      for (let one = Math.min(left, sentTogether); one > 0; one--) this.#sendOne(this.sent++, now)
      await undefined
    }
    return count
  }

  // No more than a caller cannot do without: at ten times what a store takes, the callers are most of the work.
  #sendOne(write: number, sentMs: number): void {
    this.#pending++
    this.#state.plan.create({ name: `flood ${write}` }).then(
      () => this.#settled(write, fateOf.acknowledged),
      (error: unknown) => {
        const isRefused = hasCode(error, 'BUSY') && error.retryable
        if (isRefused) this.refusals.add(performance.now() - sentMs)
        this.#settled(write, isRefused ? fateOf.refused : fateOf.otherwise)
      },
    )
  }

  #settled(write: number, fate: number): void {
    this.fates.set(write, fate)
    if (--this.#pending === 0) this.#empty()
  }

  async settled(): Promise<void> {
    if (this.#pending === 0) return
    await new Promise<void>((resolve) => {
      this.#empty = resolve
    })
  }
}

function heldIn({ tables, indexes, cache, histories }: Awaited<ReturnType<Plans['stats']>>['memoryParts']): number {
  return tables + indexes + cache + histories
}
