import { limits, type SnapshotOpened, StatewardError } from '@stateward/contract'
import type { Live } from './live.ts'
import { SnapshotView } from './snapshot-view.ts'

/**
 * The open snapshots of a store, by name. At most `limits.openSnapshots`. They outlive a reopening of the log: each goes on
 * reading from the state that it was taken of.
 */
export class Snapshots {
  readonly #open = new Map<string, SnapshotView>()
  readonly #closed: (() => void)[] = []
  #opened = 0

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
    for (const tell of this.#closed.splice(0)) tell()
  }

  releaseAll(): void {
    for (const snapshot of [...this.#open.keys()]) this.release(snapshot)
  }

  /** Settles when no snapshot is open; with `live`, none that was taken of that. */
  async noneOpen(live?: Live): Promise<void> {
    while ([...this.#open.values()].some((view) => live === undefined || view.live === live))
      await new Promise<void>((resolve) => this.#closed.push(resolve))
  }
}
