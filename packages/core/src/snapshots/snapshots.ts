import { limits, type Notify, type SnapshotOpened, StatewardError, type StoreEvent } from '@stateward/contract'
import type { Environment } from '../scheduling/environment.ts'
import type { Live } from '../state/live.ts'
import { SnapshotView } from './snapshot-view.ts'

export interface SnapshotSettings {
  /** A snapshot this old is told of: somebody may have forgotten it. */
  readonly warnMs: number
  /** A snapshot this old is closed. */
  readonly maxAgeMs: number
}

export interface SnapshotsOptions extends SnapshotSettings {
  readonly setTimer: Environment['setTimer']
  readonly tell: Notify<StoreEvent>
}

interface Open {
  readonly view: SnapshotView
  readonly cancel: () => void
}

/**
 * The open snapshots of a store, by name. At most `limits.openSnapshots`. They outlive a reopening of the log: each goes on
 * reading from the state that it was taken of.
 */
export class Snapshots {
  readonly #open = new Map<string, Open>()
  readonly #options: SnapshotsOptions | undefined
  readonly #closed: (() => void)[] = []
  #opened = 0

  /** Without options a snapshot may grow as old as it likes. */
  constructor(options?: SnapshotsOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#open.size
  }

  open(live: Live): SnapshotOpened {
    if (this.#open.size >= limits.openSnapshots) {
      throw new StatewardError(
        'BUSY',
        `expected at most ${limits.openSnapshots} open snapshots, found as many; close one first`,
      )
    }
    const snapshot = `s${++this.#opened}`
    const view = new SnapshotView(live)
    this.#open.set(snapshot, { view, cancel: this.#watch(snapshot, view) })
    return { snapshot, seq: view.seq, records: view.records }
  }

  get(snapshot: string): SnapshotView {
    const view = this.#open.get(snapshot)?.view
    if (view === undefined)
      throw new StatewardError(
        'NOT_FOUND',
        `expected an open snapshot, found none called ${JSON.stringify(snapshot)}; it was closed (perhaps for its age), or is of another store`,
      )
    return view
  }

  release(snapshot: string): void {
    const open = this.#open.get(snapshot)
    open?.cancel()
    open?.view.close()
    this.#open.delete(snapshot)
    for (const tell of this.#closed.splice(0)) tell()
  }

  /** Tells when it is old, and closes it when it is too old. Returns the way to call that off. */
  #watch(snapshot: string, { seq }: SnapshotView): () => void {
    if (this.#options === undefined) return () => undefined
    const { warnMs, maxAgeMs, setTimer, tell } = this.#options
    const changed = (): number => this.#open.get(snapshot)?.view.changed ?? 0
    const cancelWarning = setTimer(
      () => tell({ kind: 'snapshot', phase: 'old', snapshot, seq, ageMs: warnMs, changed: changed() }),
      warnMs,
    )
    const cancelEnd = setTimer(() => {
      const event = { kind: 'snapshot', phase: 'expired', snapshot, seq, ageMs: maxAgeMs, changed: changed() } as const
      this.release(snapshot)
      tell(event)
    }, maxAgeMs)
    return () => {
      cancelWarning()
      cancelEnd()
    }
  }

  releaseAll(): void {
    for (const snapshot of [...this.#open.keys()]) this.release(snapshot)
  }

  /** Settles when no snapshot is open; with `live`, none that was taken of that. */
  async noneOpen(live?: Live): Promise<void> {
    while ([...this.#open.values()].some(({ view }) => live === undefined || view.live === live))
      await new Promise<void>((resolve) => this.#closed.push(resolve))
  }
}
