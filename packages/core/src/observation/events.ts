import type { Notify, StoreEvent } from '@stateward/contract'

/** Those who want to hear what an open store tells unasked. */
export class Events {
  readonly #listeners = new Set<Notify<StoreEvent>>()

  /** Returns the way to stop hearing. */
  on(listener: Notify<StoreEvent>): () => void {
    // One listener given twice is heard twice, and each is taken back alone.
    const heard: Notify<StoreEvent> = (event) => listener(event)
    this.#listeners.add(heard)
    return () => this.#listeners.delete(heard)
  }

  /** Tells everybody. A listener that throws is no concern of the store's: whatever told must go on. */
  readonly tell: Notify<StoreEvent> = (event) => {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch {}
    }
  }
}
