import type { IndexCheckStats, Notify, StoreEvent } from '@stateward/contract'
import type { Environment } from '../scheduling/environment.ts'
import { Pace } from '../scheduling/pace.ts'
import { currentRecords } from '../state/current-records.ts'
import type { Live, LiveType } from '../state/live.ts'
import { checkFingerprints } from './check-fingerprints.ts'
import { IndexCensus } from './index-census.ts'
import type { IndexCheckSettings } from './index-check-options.ts'

export interface IndexCheckerOptions {
  readonly settings: IndexCheckSettings
  /** The state of the present term. */
  readonly live: () => Live
  readonly environment: Pick<Environment, 'clock' | 'setTimer' | 'breathe'>
  readonly tell: Notify<StoreEvent>
  /** Called when it has ended for a reason that it does not get over. */
  readonly failed: (error: unknown) => void
}

const latestFirstMs = 3_600_000
const slotsPerSlice = 64
/** Nobody waits for it: so much of the time it takes, at most. */
const share = 0.05

/** Compares the indexes with the records while the store is open, pass by pass, in slices of few records. */
export class IndexChecker {
  readonly #options: IndexCheckerOptions
  #resting = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #stats: IndexCheckStats = { passes: 0, records: 0, damaged: 0 }

  constructor(options: IndexCheckerOptions) {
    this.#options = options
  }

  get stats(): IndexCheckStats {
    return this.#stats
  }

  /** Begins with a pass after a while. */
  start(): void {
    this.#resting = new AbortController()
    this.#arm(Math.min(latestFirstMs, this.#options.settings.everyMs), this.#resting.signal)
  }

  /** Begins nothing until the next `start`, and leaves what it does at the end of the slice. */
  rest(): void {
    this.#resting.abort()
  }

  /** Settles when nothing is read any more. */
  async settled(): Promise<void> {
    await this.#running
  }

  #arm(ms: number, signal: AbortSignal): void {
    const done = (): void => signal.removeEventListener('abort', cancel)
    const cancel = this.#options.environment.setTimer(() => {
      done()
      this.#running = this.#pass(signal).then(() => {
        if (!signal.aborted) this.#arm(this.#options.settings.everyMs, signal)
      }, this.#options.failed)
    }, ms)
    signal.addEventListener('abort', cancel, { once: true })
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { live: current, environment, tell } = this.#options
    const live = current()
    const pass: Pass = { live, breathe: this.#pace(signal), isOver: () => signal.aborted || live !== current() }
    let [records, damaged] = [0, 0]
    try {
      await live.whole.reached()
      for (const type of [...live.types.values()]) {
        const found = await this.#check(type, pass)
        records += found.records
        damaged += found.damaged
      }
    } catch (error) {
      // What was read of a log that is opened again meanwhile says nothing.
      if (!pass.isOver()) throw error
    }
    if (pass.isOver()) return
    const { passes } = this.#stats
    const lastPass = new Date(environment.clock.now()).toISOString()
    this.#stats = { passes: passes + 1, lastPass, records, damaged: this.#stats.damaged + damaged }
    tell({ kind: 'indexCheck', records, damaged })
  }

  /** Looks at the indexes of one type; leaves it for the next pass where another list of them is asked meanwhile. */
  async #check(type: LiveType, { live, breathe, isOver }: Pass): Promise<{ records: number; damaged: number }> {
    if (type.indexes.length === 0) return { records: 0, damaged: 0 }
    const census = new IndexCensus(type.indexes)
    const isVoid = (): boolean => isOver() || type.indexes !== census.indexes
    let lying = 0
    type.kept.followers.add(census)
    try {
      while (!isVoid() && census.upTo < type.rows.used) {
        const from = census.upTo
        await currentRecords(
          live,
          type,
          () => type.rows.slotsWithin(from, from + slotsPerSlice),
          (rows) => {
            census.take(rows, from + slotsPerSlice)
            if (checkFingerprints(type, rows, this.#options.tell) !== undefined) lying++
          },
        )
        if (census.upTo < type.rows.used) await breathe()
      }
      const verdict = census.lying()
      for (let step = verdict.next(); !isVoid(); step = verdict.next()) {
        if (step.done === true) return { records: census.records, damaged: lying + this.#distrust(type, step.value) }
        await breathe()
      }
      return { records: 0, damaged: lying }
    } finally {
      type.kept.followers.delete(census)
    }
  }

  #distrust({ name, kept }: LiveType, lying: LiveType['indexes']): number {
    const { tell } = this.#options
    for (const index of lying)
      if (kept.distrust(index)) tell({ kind: 'index', phase: 'damaged', type: name, index: index.name })
    return lying.length
  }

  #pace(signal: AbortSignal): () => Promise<void> {
    const { clock, setTimer, breathe } = this.#options.environment
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const done = (): void => {
          signal.removeEventListener('abort', done)
          cancel()
          resolve()
        }
        const cancel = setTimer(done, ms)
        signal.addEventListener('abort', done)
      })
    return new Pace({ clock, share, isBusy: () => true, pause, turn: breathe }).breathe
  }
}

interface Pass {
  readonly live: Live
  readonly breathe: () => Promise<void>
  /** Whether what is found says nothing any more. */
  readonly isOver: () => boolean
}
