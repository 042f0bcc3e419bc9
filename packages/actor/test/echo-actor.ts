import { type Actor, type ActorOptions, createActor } from '../src/index.ts'
import { type Gate, gate } from './gate.ts'

export type EchoProtocol = { echo: { ask: string; answer: string } }

export interface EchoActor {
  readonly actor: Actor<EchoProtocol>
  /** What was handled, in order. */
  readonly handled: string[]
  /** The gate of each message that was begun, in order. */
  readonly gates: Gate[]
}

/** An actor whose handler waits at a gate before it answers with its question. */
export function echoActor(options: Partial<ActorOptions> = {}): EchoActor {
  const handled: string[] = []
  const gates: Gate[] = []
  const actor = createActor<EchoProtocol>({
    name: 'echo',
    ...options,
    handlers: {
      async echo(text) {
        const next = gate()
        gates.push(next)
        handled.push(text)
        await next.opened
        return text
      },
    },
  })
  return { actor, handled, gates }
}
