import { type Appended, type AppendOptions, type ErrorCode, type LogWriter, StatewardError } from '@stateward/contract'
import { turns } from './turns.ts'

export type StrictFate = { readonly slowness: number; readonly code?: ErrorCode; readonly lands?: boolean }

/** The part of a writer that appends, as strict as the contract allows: what is called behind a failure fails with it. */
export class StrictWriter implements Pick<LogWriter, 'append'> {
  readonly log: string[] = []
  readonly calls: AppendOptions[] = []
  inFlight = 0
  mostInFlight = 0
  /** What the pump did that no storage has to bear. */
  readonly complaints: string[] = []
  readonly #fates: StrictFate[]
  readonly #resolves: boolean
  #last: Promise<unknown> | undefined
  #stopped = false
  /** The append whose outcome is unknown, until it is asked again. */
  #open: string | undefined
  readonly #landed = new Map<string, Appended>()

  constructor(fates: readonly StrictFate[], resolves: boolean) {
    this.#fates = [...fates]
    this.#resolves = resolves
  }

  append(records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
    this.calls.push(options)
    this.inFlight++
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    if (this.#open !== undefined && this.#open !== options.commitId)
      this.complaints.push('another append came before the unknown one was asked again')
    const outcome = this.#settle(this.#last, records, options)
    this.#last = outcome
    const done = (): void => {
      this.inFlight--
      if (this.#last === outcome) this.#last = undefined
    }
    outcome.then(done, done)
    return outcome
  }

  async #settle(
    before: Promise<unknown> | undefined,
    records: readonly Uint8Array[],
    options: AppendOptions,
  ): Promise<Appended> {
    const { slowness, code, lands = false } = this.#fates.shift() ?? { slowness: 0 }
    try {
      await before
    } catch {
      await turns(slowness)
      throw new StatewardError('CONFLICT', 'called behind an append that failed')
    }
    if (this.#stopped) throw new StatewardError('STORAGE_FAILED', 'this writer has stopped')
    await turns(slowness)
    const known = this.#landed.get(options.commitId)
    if (known !== undefined && code !== 'UNKNOWN') {
      this.#open = undefined
      return known
    }
    if (known === undefined && options.expectedSeq !== this.log.length)
      throw new StatewardError('CONFLICT', `expected ${options.expectedSeq}, found ${this.log.length}`)
    if (code === undefined || lands) this.#land(records, options.commitId)
    this.#open = code === 'UNKNOWN' && this.#resolves ? options.commitId : undefined
    if (code === undefined) return this.#landed.get(options.commitId) ?? { lastSeq: 0, ptrs: [] }
    this.#stopped = code !== 'FULL' && !(code === 'UNKNOWN' && this.#resolves)
    throw new StatewardError(code, `fated ${code}`)
  }

  #land(records: readonly Uint8Array[], commitId: string): void {
    if (this.#landed.has(commitId)) return
    const ptrs = records.map((record) => this.log.push(Buffer.from(record).toString()))
    this.#landed.set(commitId, { lastSeq: this.log.length, ptrs })
  }
}
