import type { Protocol } from '@stateward/contract'
import { checkId, entityOf, refuse } from './plain-door.ts'
import type { Lives } from './plain-draft.ts'

type Ids = Readonly<Record<'live' | 'dead', readonly string[]>>

/** Which record is meant, by a look at every id. */
export function plainResolve(
  lives: Lives,
  { type, id: given, deleted = false }: Protocol['resolveId']['ask'],
): Protocol['resolveId']['answer'] {
  entityOf(type)
  const id = checkId(given)
  if (typeof deleted !== 'boolean') refuse('INVALID', 'no boolean')
  const ids = idsOf(lives, type)
  const living = meant(ids.live, id)
  const found = living.length === 0 && deleted ? meant(ids.dead, id) : living
  const [only] = found
  if (found.length > 1) {
    const candidates = found.slice(0, 20)
    return refuse('AMBIGUOUS', `several: ${candidates.join()}`, { type, id, candidates, count: found.length })
  }
  if (only === undefined) return refuse('NOT_FOUND', `no ${id}`, { type, id, nearest: nearest(ids.live, id) })
  const isDead = living.length === 0
  const others = [...ids.live, ...(isDead ? ids.dead : [])].filter((other) => other !== only)
  const shared = Math.max(0, ...others.map((other) => sharedEnding(only, other)))
  return { id: only, shortest: only.slice(-(shared + 1)), ...(isDead && { deleted: true }) }
}

function idsOf(lives: Lives, type: string): Ids {
  const own = [...lives].filter(([, life]) => life.type === type)
  const named = (isLive: boolean) =>
    own.filter(([, { record }]) => (record !== undefined) === isLive).map(([key]) => key.slice(type.length + 1))
  return { live: named(true), dead: named(false) }
}

function meant(ids: readonly string[], end: string): readonly string[] {
  return ids.includes(end) ? [end] : ids.filter((id) => id.endsWith(end))
}

function nearest(ids: readonly string[], end: string): readonly string[] {
  const most = Math.max(-1, ...ids.map((id) => sharedEnding(id, end)))
  return ids.filter((id) => sharedEnding(id, end) === most).slice(0, 2)
}

function sharedEnding(one: string, other: string): number {
  let shared = 0
  while (shared < Math.min(one.length, other.length) && one.at(-1 - shared) === other.at(-1 - shared)) shared++
  return shared
}
