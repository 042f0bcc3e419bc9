import { StatewardError } from '@stateward/contract'
import { closed } from '../validation/refusals.ts'
import { type Patience, patiently } from './patience.ts'

/**
 * Keeps calls in the order they were made while some of them wait for something before they may go: those behind wait
 * too. Nothing is delayed while none waits. At most `capacity` calls wait.
 */
export class Lane {
  readonly #capacity: number
  /** Sends one who waits away. */
  readonly #waiting = new Set<(reason: unknown) => void>()
  #last: Promise<void> | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /**
   * Runs `go` once `ready` has settled and every call before has gone. Rejects with what `ready` rejects with, with
   * `BUSY` when too many wait, and as `patience` says; then `go` is not run, and those behind wait no longer for it.
   */
  pass<T>(ready: Promise<void> | undefined, go: () => Promise<T>, patience: Patience): Promise<T> {
    // A rejection must find a listener before its turn comes.
    ready?.catch(ignore)
    if (this.#last === undefined && ready === undefined) return go()
    if (this.#waiting.size >= this.#capacity) return Promise.reject(full(this.#capacity))
    const before = this.#last ?? Promise.resolve()
    const mine = this.#wait(patiently(Promise.all([before, ready]), patience))
    // Who has lost patience hears of it at once, and keeps the place in the line all the same.
    const turn = before.then(() => mine)
    const last = turn.then(ignore, ignore).then(() => {
      if (this.#last === last) this.#last = undefined
    })
    this.#last = last
    return new Promise((resolve, reject) => {
      mine.catch(reject)
      turn.then(go).then(resolve, reject)
    })
  }

  /** As `promise`, but for being sent away by `close`. Not a race with one promise for all, which would remember every caller. */
  #wait(promise: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      promise.then(() => resolve(), reject).finally(() => this.#waiting.delete(reject))
    })
  }

  /** Whether somebody waits, so that who comes now waits behind them. */
  get isBusy(): boolean {
    return this.#last !== undefined
  }

  /** Settles when every call made so far has gone. */
  async empty(): Promise<void> {
    await this.#last
  }

  /** Sends those away that still wait: `CLOSED`. Returns how many. */
  close(): number {
    const { size } = this.#waiting
    for (const sendAway of this.#waiting) sendAway(closed())
    this.#waiting.clear()
    return size
  }
}

function full(capacity: number): StatewardError {
  return new StatewardError(
    'BUSY',
    `expected at most ${capacity} writes to wait for their schema, found as many; try again`,
  )
}

function ignore(): void {}
