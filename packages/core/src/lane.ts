import { StatewardError } from '@stateward/contract'
import { type Patience, patiently } from './patience.ts'
import { closed } from './refusals.ts'

/**
 * Keeps calls in the order they were made while some of them wait for something before they may go: those behind wait
 * too. Nothing is delayed while none waits. At most `capacity` calls wait.
 */
export class Lane {
  readonly #capacity: number
  readonly #giveUp: Promise<never>
  #last: Promise<void> | undefined
  #waiting = 0
  #close: () => void = () => undefined

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#giveUp = new Promise((_, reject) => {
      this.#close = () => reject(closed())
    })
    this.#giveUp.catch(ignore)
  }

  /**
   * Runs `go` once `ready` has settled and every call before has gone. Rejects with what `ready` rejects with, with
   * `BUSY` when too many wait, and as `patience` says; then `go` is not run, and those behind wait no longer for it.
   */
  pass<T>(ready: Promise<void> | undefined, go: () => Promise<T>, patience: Patience): Promise<T> {
    // A rejection must find a listener before its turn comes.
    ready?.catch(ignore)
    if (this.#last === undefined && ready === undefined) return go()
    if (this.#waiting >= this.#capacity) return Promise.reject(full(this.#capacity))
    this.#waiting++
    const before = this.#last ?? Promise.resolve()
    const mine = patiently(Promise.race([Promise.all([before, ready]), this.#giveUp]), patience)
    // Who has lost patience hears of it at once, and keeps the place in the line all the same.
    const turn = before.then(() => mine).then(ignore)
    const last = turn.then(ignore, ignore).then(() => {
      this.#waiting--
      if (this.#last === last) this.#last = undefined
    })
    this.#last = last
    return new Promise((resolve, reject) => {
      mine.catch(reject)
      turn.then(go).then(resolve, reject)
    })
  }

  /** Settles when every call made so far has gone. */
  async empty(): Promise<void> {
    await this.#last
  }

  /** Sends those away that still wait: `CLOSED`. */
  close(): void {
    this.#close()
  }
}

function full(capacity: number): StatewardError {
  return new StatewardError(
    'BUSY',
    `expected at most ${capacity} writes to wait for their schema, found as many; try again`,
  )
}

function ignore(): void {}
