import { createActor, fromTransition } from 'xstate'
import type { Asker } from '../asker.ts'

interface Echo {
  readonly type: 'echo'
  readonly value: number
  readonly reply?: (value: number) => void
}

/** A transition function: the lightest kind of actor that xstate has. Its asks are made of a reply function. */
export function xstateActor(): Asker<number> {
  const logic = fromTransition((state: number, { value, reply }: Echo) => {
    reply?.(value)
    return state
  }, 0)
  const actor = createActor(logic).start()
  // Handles what it was sent only once it is started.
  const full = createActor(logic)
  return {
    ask: (value) => new Promise((reply) => actor.send({ type: 'echo', value, reply })),
    answerIn: (answer) => answer,
    async fill(count) {
      for (let value = 0; value < count; value++) full.send({ type: 'echo', value })
    },
    async close() {
      full.start().stop()
      actor.stop()
    },
  }
}
