import { createActor, type Reply } from '@stateward/actor'
import type { Asker } from '../asker.ts'

type Echo = { echo: { ask: number; answer: number } }

/** Our kernel; nact's asks always have a deadline, so there is a second contender with one. */
export function statewardActor({ timeoutMs }: { readonly timeoutMs?: number } = {}): Asker<Reply<number>> {
  const options = timeoutMs === undefined ? undefined : { timeoutMs }
  const handlers = { echo: (value: number): number => value }
  const actor = createActor<Echo>({ name: 'echo', handlers })
  const full = createActor<Echo>({ name: 'full', handlers, capacity: 10_000_000, schedule: 'immediate' })
  return {
    ask: (value) => actor.ask('echo', value, options),
    answerIn(reply) {
      if (!reply.ok) throw reply.error
      return reply.value
    },
    async fill(count) {
      for (let sent = 0; sent < count; sent++) full.tell('echo', sent)
    },
    async close() {
      await Promise.all([actor.stop(), full.stop()])
    },
  }
}
