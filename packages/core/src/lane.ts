/**
 * Keeps calls in the order they were made while some of them wait for something before they may go: those behind wait
 * too. Nothing is delayed while none waits.
 */
export class Lane {
  #last: Promise<void> | undefined

  /** Runs `go` once `ready` has settled and every call before has gone; rejects with what `ready` rejects with. */
  pass<T>(ready: Promise<void> | undefined, go: () => Promise<T>): Promise<T> {
    if (this.#last === undefined && ready === undefined) return go()
    // A rejection must find a listener before its turn comes.
    ready?.catch(ignore)
    const turn = (this.#last ?? Promise.resolve()).then(() => ready)
    const last = turn.then(ignore, ignore).then(() => {
      if (this.#last === last) this.#last = undefined
    })
    this.#last = last
    return turn.then(go)
  }

  /** Settles when every call made so far has gone. */
  async empty(): Promise<void> {
    await this.#last
  }
}

function ignore(): void {}
