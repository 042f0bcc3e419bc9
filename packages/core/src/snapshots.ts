import { limits, type SnapshotOpened, StatewardError } from '@stateward/contract'
import type { Live } from './live.ts'
import { SnapshotView } from './snapshot-view.ts'

/** The open snapshots of a store, by name. At most `limits.openSnapshots`. */
export class Snapshots {
  readonly #live: Live
  readonly #open = new Map<string, SnapshotView>()
  readonly #closed: (() => void)[] = []
  #opened = 0

  constructor(live: Live) {
    this.#live = live
  }

  get count(): number {
    return this.#open.size
  }

  open(): SnapshotOpened {
    if (this.#open.size >= limits.openSnapshots) {
      throw new StatewardError(
        'BUSY',
        `expected at most ${limits.openSnapshots} open snapshots, found as many; close one first`,
      )
    }
    const snapshot = `s${++this.#opened}`
    const view = new SnapshotView(this.#live)
    this.#open.set(snapshot, view)
    return { snapshot, seq: view.seq, records: view.records }
  }

  get(snapshot: string): SnapshotView {
    const view = this.#open.get(snapshot)
    if (view === undefined)
      throw new StatewardError(
        'NOT_FOUND',
        `expected an open snapshot, found none called ${JSON.stringify(snapshot)}; it was closed, or is of another store`,
      )
    return view
  }

  release(snapshot: string): void {
    this.#open.get(snapshot)?.close()
    this.#open.delete(snapshot)
    if (this.#open.size === 0) for (const tell of this.#closed.splice(0)) tell()
  }

  releaseAll(): void {
    for (const snapshot of [...this.#open.keys()]) this.release(snapshot)
  }

  /** Settles when no snapshot is open. */
  async noneOpen(): Promise<void> {
    if (this.#open.size === 0) return
    await new Promise<void>((resolve) => this.#closed.push(resolve))
  }
}
