import type { Spec } from 'stateward'
import type { DemoState } from './demo-state.ts'
import { carrySpec, type Tools } from './worker.ts'

/** Gives each worker the next spec that is ready, until none is left. */
export class Queue {
  readonly #state: DemoState
  readonly #planId: string
  readonly #claimed = new Set<string>()
  #wakers: (() => void)[] = []
  #working = 0

  constructor(state: DemoState, planId: string) {
    this.#state = state
    this.#planId = planId
  }

  async work(tools: Tools): Promise<void> {
    for (;;) {
      const spec = await this.#next()
      if (spec === undefined) return
      await carrySpec(spec, tools)
      this.#working--
      for (const wake of this.#wakers.splice(0)) wake()
    }
  }

  /** The oldest pending spec whose dependencies are completed; waits while others may still make one ready. */
  async #next(): Promise<Spec | undefined> {
    for (;;) {
      const pending = await this.#state.spec.where({ plan_id: this.#planId, status: 'pending' }).all()
      for (const spec of pending) {
        if (this.#claimed.has(spec.id)) continue
        const before = await this.#state.spec.getMany(spec.dependencies)
        if (this.#claimed.has(spec.id) || before.some((one) => one?.status !== 'completed')) continue
        this.#claimed.add(spec.id)
        this.#working++
        return spec
      }
      if (this.#working === 0) return undefined
      await new Promise<void>((resolve) => this.#wakers.push(resolve))
    }
  }
}
