import type { RestartPolicy } from './crash.ts'

/** Where a policy sets no bound, only so many restarts are remembered: the pause has long stopped growing by then. */
const mostRemembered = 64

/** The restarts of the last while. */
export class RestartWindow {
  readonly #policy: RestartPolicy
  #times: number[] = []

  constructor(policy: RestartPolicy) {
    this.#policy = policy
  }

  /** Which restart of the window this is, from 1; `undefined`: one too many. */
  next(now: number): number | undefined {
    const { atMost, withinMs } = this.#policy
    const recent = this.#times.filter((time) => now - time < withinMs)
    if (recent.length >= atMost) return undefined
    this.#times = [...recent, now].slice(-mostRemembered)
    return this.#times.length
  }

  forget(): void {
    this.#times = []
  }
}
