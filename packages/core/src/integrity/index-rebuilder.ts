import type { Notify, StoreEvent } from '@stateward/contract'
import type { Live, LiveType } from '../state/live.ts'
import { buildSlice, isBuilt } from '../state/rebuild-on.ts'
import type { Rebuilding } from '../state/type-indexes.ts'

export interface IndexRebuilderOptions {
  /** The state of the present term. */
  readonly live: () => Live
  /** Lets everybody else have a turn now and then. */
  readonly breathe: () => Promise<void>
  readonly tell: Notify<StoreEvent>
  /** Called when it has ended for a reason that it does not get over. */
  readonly failed: (error: unknown) => void
}

/**
 * Builds again the indexes that nobody may ask any more, one after the other. Slots are gone through in their order, some
 * in a turn; what is written meanwhile below the place it has come to goes into the index at once, and what lies beyond
 * is read when it comes there, as it is then.
 */
export class IndexRebuilder {
  readonly #options: IndexRebuilderOptions
  #isResting = true
  #running: Promise<void> | undefined

  constructor(options: IndexRebuilderOptions) {
    this.#options = options
  }

  /** Begins, or goes on from where it was. */
  start(): void {
    this.#isResting = false
    this.look()
  }

  /** Begins nothing until the next `start`, and leaves what it does at the end of the slice. */
  rest(): void {
    this.#isResting = true
  }

  /** There may be something to do. */
  look(): void {
    if (this.#isResting || this.#running !== undefined || nextOf(this.#options.live()) === undefined) return
    this.#running = this.#buildAll().then(
      () => {
        this.#running = undefined
        this.look()
      },
      (error: unknown) => {
        this.#running = undefined
        this.#options.failed(error)
      },
    )
  }

  /** Settles when nothing is read any more. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #buildAll(): Promise<void> {
    while (!this.#isResting) {
      const live = this.#options.live()
      const next = nextOf(live)
      if (next === undefined) return
      try {
        await this.#build(live, next.type, next.rebuilding)
      } catch (error) {
        // Of a log that was opened again meanwhile, the state was built anew, and its indexes with it.
        if (this.#isCurrent(live, next.type)) throw error
      }
    }
  }

  async #build(live: Live, type: LiveType, rebuilding: Rebuilding): Promise<void> {
    const { breathe, tell } = this.#options
    const { index } = rebuilding
    // What is read page by page of a checkpoint may turn out to be of no use, and is another state then.
    if (!live.whole.isReached) await live.whole.reached()
    while (!this.#isResting && this.#isCurrent(live, type) && rebuilding.failure === undefined) {
      if (isBuilt(type, rebuilding)) {
        type.kept.trust(rebuilding)
        tell({ kind: 'index', phase: 'rebuilt', type: type.name, index: index.name, entries: index.size() })
        return
      }
      await buildSlice(live, type, rebuilding)
      await breathe()
    }
  }

  #isCurrent(live: Live, type: LiveType): boolean {
    return live === this.#options.live() && live.types.get(type.name) === type
  }
}

function nextOf(live: Live): { readonly type: LiveType; readonly rebuilding: Rebuilding } | undefined {
  for (const type of live.types.values()) {
    const rebuilding = type.kept.rebuilding.find(({ failure }) => failure === undefined)
    if (rebuilding !== undefined) return { type, rebuilding }
  }
  return undefined
}
