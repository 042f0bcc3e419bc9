import type { Actor, AskOptions } from '../actor.ts'
import { ActorError } from '../actor-error.ts'
import type { Kind, Protocol } from '../protocol.ts'
import { refusal } from '../refusal.ts'
import type { Failure, Reply } from '../reply.ts'
import { type Choose, chooserOf, type Route } from './route.ts'

/** Several actors of one protocol behind one name. It has no mailbox of its own: what a full actor refuses is refused. */
export interface Router<P extends Protocol<P>, E extends Failure = ActorError> {
  readonly name: string
  readonly actors: readonly Actor<P, E>[]
  /** Asks the one that the route chooses. */
  ask<K extends Kind<P>>(
    kind: K,
    body: P[K]['ask'],
    options?: AskOptions,
  ): Promise<Reply<P[K]['answer'], E | ActorError>>
  /** Tells the one that the route chooses. */
  tell<K extends Kind<P>>(kind: K, body: P[K]['ask']): Reply<void>
  /** Asks all of them: their replies, in the order of `actors`. */
  askAll<K extends Kind<P>>(
    kind: K,
    body: P[K]['ask'],
    options?: AskOptions,
  ): Promise<readonly Reply<P[K]['answer'], E | ActorError>[]>
  /** Tells all of them; whether each was taken in, in the order of `actors`. */
  tellAll<K extends Kind<P>>(kind: K, body: P[K]['ask']): readonly Reply<void>[]
  /** The same route over other actors: with keys, most keys stay where they are. */
  with(actors: readonly Actor<P, E>[]): Router<P, E>
}

export interface RouterOptions<P extends Protocol<P>, E extends Failure = ActorError> {
  readonly name: string
  /** At least one, each of another name. */
  readonly actors: readonly Actor<P, E>[]
  /** With a function that throws, or gives no text, the message is refused: `INVALID`. */
  readonly route: Route
}

/** Throws `INVALID` when there are no actors, or two of one name. */
export function createRouter<P extends Protocol<P>, E extends Failure = ActorError>(
  options: RouterOptions<P, E>,
): Router<P, E> {
  const { name, actors, route } = options
  if (actors.length === 0 || new Set(actors.map((actor) => actor.name)).size < actors.length) {
    const found = actors.map((actor) => actor.name).join(', ')
    throw new ActorError('INVALID', `router "${name}" expects actors, each of another name, found ${found || 'none'}`)
  }
  const choose = chooserOf(route, actors)
  const chosen = (kind: string, body: unknown): Actor<P, E> | ActorError => choice({ name, actors, choose }, kind, body)
  return {
    name,
    actors,
    ask(kind, body, askOptions) {
      const actor = chosen(kind, body)
      return 'ask' in actor ? actor.ask(kind, body, askOptions) : Promise.resolve({ ok: false, error: actor })
    },
    tell(kind, body) {
      const actor = chosen(kind, body)
      return 'tell' in actor ? actor.tell(kind, body) : { ok: false, error: actor }
    },
    askAll: (kind, body, askOptions) => Promise.all(actors.map((actor) => actor.ask(kind, body, askOptions))),
    tellAll: (kind, body) => actors.map((actor) => actor.tell(kind, body)),
    with: (others) => createRouter({ ...options, actors: others }),
  }
}

interface Choice<P extends Protocol<P>, E extends Failure> {
  readonly name: string
  readonly actors: readonly Actor<P, E>[]
  readonly choose: Choose
}

function choice<P extends Protocol<P>, E extends Failure>(
  { name, actors, choose }: Choice<P, E>,
  kind: string,
  body: unknown,
): Actor<P, E> | ActorError {
  try {
    const actor = actors[choose(kind, body)]
    if (actor !== undefined) return actor
    return refusal.unroutable({ actor: name, kind }, 'no actor was chosen')
  } catch (cause) {
    return refusal.unroutable({ actor: name, kind }, cause)
  }
}
