import { dispatch, query, type Ref, spawn, start, stop } from 'nact'
import type { Asker } from '../asker.ts'

interface Echo {
  readonly value: number
  readonly sender?: Ref<number>
}

/** A stateless-looking actor of nact; its asks always have a deadline. */
export function nactActor(): Asker<number> {
  const system = start()
  const echo = (state: number, { value, sender }: Echo): number => {
    if (sender !== undefined) dispatch(sender, value)
    return state
  }
  const actor = spawn(system, echo, 'echo', { initialState: 0 })
  const full = spawn(system, echo, 'full', { initialState: 0 })
  return {
    ask: (value) => query(actor, (sender: Ref<number>) => ({ value, sender }), 60_000),
    answerIn: (answer) => answer,
    async fill(count) {
      for (let value = 0; value < count; value++) dispatch(full, { value })
    },
    async close() {
      stop(system)
    },
  }
}
