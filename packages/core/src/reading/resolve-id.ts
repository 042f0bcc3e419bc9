import { type Protocol, StatewardError } from '@stateward/contract'
import type { IdEndings, SameEnding } from '@stateward/index'
import type { RowTable } from '../records/row-table.ts'
import type { Environment } from '../scheduling/environment.ts'
import type { Live } from '../state/live.ts'
import { checkedId, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

type Ask = Protocol['resolveId']['ask']
type Answer = Protocol['resolveId']['answer']

export interface IdGround {
  readonly live: Live
  readonly environment: Pick<Environment, 'breathe' | 'clock'>
}

/** How many ids a refusal names. */
const candidatesNamed = 20
const sliceMs = 2

/** Fillings that are under way: who comes meanwhile waits for the same one. */
const fillings = new WeakMap<IdEndings, Promise<void>>()

/** Which record is meant by an id, or by the last characters of one. As of the turn in which it answers. */
export async function resolveId(ground: IdGround, { type, id: given, deleted = false }: Ask): Promise<Answer> {
  const id = checkedId(given)
  if (typeof deleted !== 'boolean')
    throw invalid(`expected deleted of resolveId to be true or false, found ${describe(deleted)}`)
  for (;;) {
    // Tables may be replaced while this waits.
    const { rows } = ground.live.type(type)
    const waits = filled(ground, rows.endings, () => rows.endings.fill())
    if (waits !== undefined) {
      await waits
      continue
    }
    const live = found(rows.endings, id, rows.slotOf(id) !== undefined)
    if (live.count === 1) return { id: live.ids[0] ?? id, shortest: rows.endings.shortestOf(live.ids[0] ?? id) }
    if (live.count > 1) throw ambiguous({ type, id }, live)
    if (!deleted) throw notFound({ type, id }, rows.endings.nearest(id))
    const buried = await ofTheBuried(ground, rows, { type, id })
    if (buried !== undefined) return buried
  }
}

/** Throws `NOT_FOUND` for an id of a record that never was. `undefined`: the tables have changed, and are to be asked again. */
async function ofTheBuried(
  ground: IdGround,
  rows: RowTable,
  asked: { readonly type: string; readonly id: string },
): Promise<Answer | undefined> {
  const { buriedIds } = rows
  const { endings } = buriedIds
  const waits = filled(ground, endings, () => buriedIds.fill())
  if (waits !== undefined) {
    await waits
    return undefined
  }
  const dead = found(endings, asked.id, rows.tombstones.has(asked.id))
  if (dead.count > 1) throw ambiguous(asked, dead)
  const [only] = dead.ids
  if (only === undefined) throw notFound(asked, rows.endings.nearest(asked.id))
  // What tells it from the deleted alone would lead to a live one.
  const [shortest = only] = [endings, rows.endings]
    .map((all) => all.shortestOf(only))
    .sort((a, b) => b.length - a.length)
  return { id: only, shortest, deleted: true }
}

/** An id that is there is that one, whatever else ends with it. */
function found(endings: IdEndings, id: string, isThere: boolean): SameEnding {
  return isThere ? { ids: [id], count: 1 } : endings.endingWith(id, candidatesNamed)
}

/** Settles when it is filled; `undefined`: it is. */
function filled(ground: IdGround, endings: IdEndings, fill: () => Generator<void, void>): Promise<void> | undefined {
  if (endings.isFilled) return undefined
  const known = fillings.get(endings)
  if (known !== undefined) return known
  const filling = inSlices(ground, fill())
  fillings.set(endings, filling)
  return filling
}

async function inSlices({ environment }: IdGround, steps: Generator<void, void>): Promise<void> {
  const { clock, breathe } = environment
  let start = clock.monotonicMs()
  for (const _ of steps) {
    if (clock.monotonicMs() - start < sliceMs) continue
    await breathe()
    start = clock.monotonicMs()
  }
}

type Asked = Pick<Ask, 'type' | 'id'>

function notFound({ type, id }: Asked, nearest: readonly string[]): StatewardError {
  const near = nearest.length === 0 ? `there is no ${type}` : `the nearest: ${nearest.join(', ')}`
  return new StatewardError(
    'NOT_FOUND',
    `expected a ${type} whose id is ${JSON.stringify(id)} or ends with it, found none; ${near}`,
    { details: { type, id, nearest } },
  )
}

function ambiguous({ type, id }: Asked, { ids, count }: SameEnding): StatewardError {
  const others = count - ids.length
  return new StatewardError(
    'AMBIGUOUS',
    `expected the end of one id, found ${count} of type ${type} that end with ${JSON.stringify(id)}; give more characters: ${ids.join(', ')}${others > 0 ? ` and ${others} more` : ''}`,
    { details: { type, id, candidates: ids, count } },
  )
}
