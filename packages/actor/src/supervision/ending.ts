/** How an actor or a supervisor ended. */
export interface End {
  readonly actor: string
  /** `crashed`: it was given up, by `stop` or `escalate`. */
  readonly why: 'stopped' | 'crashed'
  /** What it crashed of. */
  readonly error?: unknown
}

/** Those who wait for somebody's end: each hears of it once. */
export class Ending {
  readonly ended: Promise<End>
  readonly #onError: (error: unknown) => void
  readonly #watchers = new Set<(end: End) => void>()
  #resolve: (end: End) => void = () => undefined
  #end: End | undefined

  /** `onError` is told what a watcher threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** Who comes late hears of it too, a moment later. The returned function ends the watch. */
  watch(watcher: (end: End) => void): () => void {
    const own = (end: End): void => watcher(end)
    this.#watchers.add(own)
    if (this.#end !== undefined) void this.ended.then((end) => this.#tell(own, end))
    return () => {
      this.#watchers.delete(own)
    }
  }

  end(end: End): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#resolve(end)
    for (const watcher of [...this.#watchers]) this.#tell(watcher, end)
  }

  #tell(watcher: (end: End) => void, end: End): void {
    if (!this.#watchers.delete(watcher)) return
    try {
      watcher(end)
    } catch (error) {
      this.#onError(error)
    }
  }
}
