import type { Actor, AskOptions } from '../actor.ts'
import { ActorError } from '../actor-error.ts'
import { checkedName } from '../checked-name.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { DeadLetters } from '../dead-letters.ts'
import type { Kind, Protocol } from '../protocol.ts'
import { refusal } from '../refusal.ts'
import type { Reply } from '../reply.ts'

/** The protocol of each name. */
export type Names<N> = { readonly [K in keyof N]: Protocol<N[K]> }

/** Actors by name. Who asks need not know whether somebody has the name already, or still. */
export interface Registry<N extends Names<N>> {
  readonly names: readonly string[]
  /** Gives an actor a name; the returned function takes it back. Throws `INVALID` for an odd name, `ALREADY_EXISTS` for one that is taken. */
  register<K extends keyof N & string>(name: K, actor: Actor<N[K]>): () => void
  find<K extends keyof N & string>(name: K): Actor<N[K]> | undefined
  /** As the actor's own `ask`; `NOT_FOUND` when nobody has the name. */
  ask<K extends keyof N & string, M extends Kind<N[K]>>(
    name: K,
    kind: M,
    body: N[K][M]['ask'],
    options?: AskOptions,
  ): Promise<Reply<N[K][M]['answer']>>
  /** As the actor's own `tell`; `NOT_FOUND`, and a dead letter, when nobody has the name. */
  tell<K extends keyof N & string, M extends Kind<N[K]>>(name: K, kind: M, body: N[K][M]['ask']): Reply<void>
}

export interface RegistryOptions {
  readonly deadLetters?: DeadLetters
  readonly clock?: Clock
}

/** An empty registry: an object of its own, never a global one. */
export function createRegistry<N extends Names<N>>({
  deadLetters,
  clock = systemClock,
}: RegistryOptions = {}): Registry<N> {
  const actors: { [K in keyof N & string]?: Actor<N[K]> } = Object.create(null)
  const unknown = (actor: string, kind: string, body: unknown): ActorError => {
    deadLetters?.record({ actor, kind, body, reason: 'unknown', at: clock.now() })
    return refusal.unknown({ actor, kind }, Object.keys(actors).length)
  }
  return {
    get names() {
      return Object.keys(actors)
    },
    register(name, actor) {
      checkedName(name)
      if (actors[name] !== undefined) throw new ActorError('ALREADY_EXISTS', `the name "${name}" is taken`)
      actors[name] = actor
      return () => {
        if (actors[name] === actor) delete actors[name]
      }
    },
    find: (name) => actors[name],
    ask(name, kind, body, options) {
      const actor = actors[name]
      if (actor === undefined) return Promise.resolve({ ok: false, error: unknown(name, kind, body) })
      return actor.ask(kind, body, options)
    },
    tell(name, kind, body) {
      const actor = actors[name]
      return actor === undefined ? { ok: false, error: unknown(name, kind, body) } : actor.tell(kind, body)
    },
  }
}
