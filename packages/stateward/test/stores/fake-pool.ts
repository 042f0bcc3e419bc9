import { setImmediate as nextTurn } from 'node:timers/promises'
import { SimClock } from '@stateward/conformance'
import type { PoolOptions } from '../../src/stores/pool-options.ts'
import type { StoresEvent } from '../../src/stores/store-events.ts'
import { StorePool } from '../../src/stores/store-pool.ts'

export interface FakeStore {
  readonly name: string
  readonly life: number
}

/** A pool of stores that open and close when the test says so. */
export class FakePool {
  readonly clock: SimClock = new SimClock()
  readonly events: StoresEvent[] = []
  /** What has happened, in words: `open a`, `close a`. */
  readonly steps: string[] = []
  readonly #waiting: { readonly step: string; readonly go: (error?: Error) => void }[] = []
  readonly pool: StorePool<FakeStore>
  #lives = 0

  constructor(options: Partial<PoolOptions<FakeStore>> = {}) {
    this.pool = new StorePool<FakeStore>({
      maxOpen: 2,
      idleMs: 1_000,
      maxWaiting: 100,
      wakeTimeoutMs: 5_000,
      retry: { firstMs: 100, mostMs: 1_000 },
      clock: this.clock,
      timers: this.clock,
      tell: (event) => this.events.push(event),
      open: (name) => this.#step(`open ${name}`).then(() => ({ name, life: ++this.#lives })),
      close: ({ name }) => this.#step(`close ${name}`),
      ...options,
    })
  }

  #step(step: string): Promise<void> {
    this.steps.push(step)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ step, go: (error) => (error === undefined ? resolve() : reject(error)) })
    })
  }

  /** Lets the oldest step of this name end, and what follows from it happen. */
  async done(step: string, error?: Error): Promise<void> {
    await nextTurn()
    const at = this.#waiting.findIndex((one) => one.step === step)
    const [found] = at < 0 ? [] : this.#waiting.splice(at, 1)
    if (found === undefined) throw new Error(`nothing waits for ${step}: ${this.#waiting.map((one) => one.step)}`)
    found.go(error)
    await nextTurn()
  }

  /** Uses a store once it is there and leaves it at once; resolves with its life. */
  async visit(name: string): Promise<number> {
    const { store, release } = await this.pool.hold(name, {})
    release()
    return store.life
  }
}
