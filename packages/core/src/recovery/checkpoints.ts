import { type CacheSaved, type LogWriter, type Seq, StatewardError, type TracedCheckpoint } from '@stateward/contract'
import { channels } from '../observation/channels.ts'
import { traced } from '../observation/traced.ts'
import type { Environment } from '../scheduling/environment.ts'
import { inSlices } from '../scheduling/pace.ts'
import type { CheckpointGate } from './checkpoint-gate.ts'
import { type CheckpointState, saveCheckpoint } from './save-checkpoint.ts'

export interface CheckpointSettings {
  /** A checkpoint is saved at the close when so many changes are in none. */
  readonly atClose: number
  /** The same while the store is open, in commits; or an eighth of its records, where that is more. */
  readonly whileOpen: number
  /** Whether what the opening left unread is read soon, and not only when it is needed. */
  readonly readAhead: boolean
}

export interface CheckpointsOptions extends CheckpointState {
  readonly writer: LogWriter
  readonly environment: Environment
  /** What the store is called in traces. */
  readonly store: string
  /** Closed: none is saved but at the close. */
  readonly gate: CheckpointGate
  /** `undefined`: none is ever saved. */
  readonly settings: CheckpointSettings | undefined
  /** Versions that were in the log as of the checkpoint that was loaded. */
  readonly loaded: number | undefined
}

/** A checkpoint takes as long to save as the store is large, so that a larger one is saved less often. */
const partOfRecords = 8

/** Decides when the state of one term is saved as a checkpoint. A failure is told, and costs nothing but the next opening's time. */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  /** Versions that were in the log as of the last checkpoint. */
  #saved: number | undefined
  /** Below this seq nothing is to be done. */
  #next: Seq = 0
  #running: Promise<void> | undefined
  #isClosing = false
  /** One was due and failed, and is due still. */
  #isOwed = false

  constructor(options: CheckpointsOptions) {
    this.#options = options
    this.#saved = options.loaded
    this.#plan()
  }

  /** Called after every group of commits: nearly always one comparison. */
  applied(lastSeq: Seq): void {
    if (lastSeq >= this.#next) this.#begin()
  }

  /** The log has let go of what the last checkpoint rests on. */
  outdated(): void {
    const { settings } = this.#options
    this.#saved = undefined
    if (settings !== undefined && this.#behind >= settings.atClose) this.#begin()
  }

  /** Saves one if it is due. */
  look(): void {
    if (this.#isOwed || this.#options.live.lastSeq >= this.#next) this.#begin()
  }

  /** Saves what is worth it, within the time, and no more after that; nothing from the moment that there is no time left. */
  async close(timeoutMs: number, hurry: AbortSignal): Promise<void> {
    const { settings, environment } = this.#options
    this.#isClosing = true
    const controller = new AbortController()
    const cancel = environment.setTimer(() => controller.abort(), timeoutMs)
    hurry.addEventListener('abort', () => controller.abort(), { once: true })
    await this.#running
    if (!hurry.aborted && settings !== undefined && this.#behind >= settings.atClose)
      await this.#save(controller.signal).catch(() => undefined)
    cancel()
  }

  /** Changes that an opening would have to take in now, about: a commit holds one of them or thousands. */
  get #behind(): number {
    return this.#options.live.versions - (this.#saved ?? 0)
  }

  #begin(): void {
    const { gate } = this.#options
    if (this.#running !== undefined || this.#isClosing) return
    this.#isOwed = !gate.isOpen
    if (!gate.isOpen) return
    this.#running = this.#save(new AbortController().signal)
      .catch((error: unknown) => {
        this.#isOwed = true
        if (!this.#isClosing) gate.failed(error)
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Rejects where the disk or the log has failed; the log itself is as it was. */
  async #save(signal: AbortSignal): Promise<void> {
    const { writer, environment, live } = this.#options
    try {
      await live.whole.reached()
      const { caches } = writer
      if (caches === undefined) return
      const { lastSeq: asOf, versions } = live
      const breathe = inSlices(environment)
      const save = (): Promise<CacheSaved> => saveCheckpoint(caches, this.#options, { breathe, signal })
      const outcome = await this.#traced(asOf, save)
      if (outcome.saved) this.#saved = versions
      else if (outcome.isStale !== true) throw new StatewardError('STORAGE_FAILED', `no checkpoint: ${outcome.reason}`)
    } finally {
      this.#plan()
    }
  }

  #traced(upTo: Seq, save: () => Promise<CacheSaved>): Promise<CacheSaved> {
    if (!channels.checkpoint.hasSubscribers) return save()
    const context = { store: this.#options.store, upTo }
    return traced<TracedCheckpoint, CacheSaved>(channels.checkpoint, context, save, (told, { saved }) => {
      told.saved = saved
    })
  }

  /** After a failure too: it is tried again when who looks after it says so, or when as much has come behind it. */
  #plan(): void {
    const { live, settings } = this.#options
    const distance = Math.max(settings?.whileOpen ?? Number.POSITIVE_INFINITY, live.size / partOfRecords)
    this.#next = live.lastSeq + distance
  }
}
