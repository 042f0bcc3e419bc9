import type { LiveUpdate, RecordOf } from '@stateward/contract'
import { applyLive, type QueryBuilder } from '@stateward/query'
import { expect } from 'vitest'
import type { TinyState } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import type { TinyDomain } from './tiny-domain.ts'

/** Takes in whatever a live query tells. */
export class Watched<R> {
  rows: readonly R[] | undefined
  readonly updates: LiveUpdate<R>[] = []
  readonly query: QueryBuilder<R>
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>

  constructor(query: QueryBuilder<R>) {
    this.query = query
    this.#ended = this.#watch()
  }

  async #watch(): Promise<void> {
    for await (const update of this.query.live({ signal: this.#abort.signal })) {
      expect(update.seq).toBeGreaterThanOrEqual(this.updates.at(-1)?.seq ?? 0)
      this.updates.push(update)
      this.rows = applyLive(this.rows ?? [], update)
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }
}

export const queriesOf = ({ task }: Pick<TinyState, 'task'>): readonly QueryBuilder<RecordOf<TinyDomain, 'task'>>[] => [
  task.where({}),
  task.where({ state: 'open' }),
  task.where({ state: 'open' }).orderBy('n', 'desc').limit(3),
  task
    .where({ state: { in: ['open', 'done'] }, n: { gte: 3 } })
    .orderBy('n')
    .limit(2),
  task
    .where({ n: { lt: 4 } })
    .orderBy('title', 'desc')
    .orderBy('n')
    .limit(4),
  task.where({ or: [{ state: 'open', n: 1 }, { title: { prefix: 'b' } }] }).limit(5),
  task
    .where({ not: { state: 'done' } })
    .orderBy('due')
    .limit(3),
  task
    .where({ tags: { contains: 'x' } })
    .orderBy('updated_at', 'desc')
    .limit(3),
  task.where({ id: 't3' }),
  task.orderBy('n').limit(1),
  task.where({ n: 100 }),
]

export type Picker = (most: number) => number

export function picker(seed: number): Picker {
  const random = seededRandom(seed * 7_919 + 1)
  return (most) => {
    const [high = 0, low = 0] = random.bytes(2)
    return (high * 256 + low) % most
  }
}

function taskOf(pick: Picker) {
  return {
    n: pick(9),
    state: ['open', 'done', 'late'][pick(3)] ?? 'open',
    title: ['a', 'b', 'bb', 'c'][pick(4)] ?? 'a',
    due: `2026-01-0${1 + pick(8)}T00:00:00${pick(2) === 0 ? 'Z' : '.000Z'}`,
    tags: ['x', 'y'].slice(pick(3)),
  }
}

/** A write, or several, of tasks. */
export async function randomStep(state: TinyState, pick: Picker): Promise<void> {
  const id = `t${pick(14)}`
  const has = (await state.task.get(id)) !== undefined
  switch (pick(8)) {
    case 0:
      if (has) await state.task.delete(id)
      return
    case 1: {
      const rows = (await state.task.limit(4).all()).map((one) => ({ id: one.id, changes: { n: pick(9) } }))
      if (rows.length > 0) await state.task.updateMany(rows)
      return
    }
    case 2: {
      const other = `u${pick(4)}`
      await state.transaction(async (tx) => {
        if (has) await tx.task.delete(id)
        if ((await tx.task.get(other)) === undefined) await tx.task.create({ id: other, ...taskOf(pick) })
        else await tx.task.update(other, taskOf(pick))
      })
      return
    }
    case 3:
      // Several commits in one group.
      await Promise.all(
        Array.from({ length: 3 }, (_, at) =>
          state.task.create({ id: `w${pick(6)}-${at}`, ...taskOf(pick) }).catch(() => undefined),
        ),
      )
      return
    default:
      if (has) await state.task.update(id, taskOf(pick))
      else await state.task.create({ id, ...taskOf(pick) })
  }
}
