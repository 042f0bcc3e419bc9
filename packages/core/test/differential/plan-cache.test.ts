import type { Entity, Query, StoredRecord } from '@stateward/contract'
import { checkQuery, encodeCursor, type Plan, planQuery } from '@stateward/query'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PlanCache } from '../../src/querying/plan-cache.ts'
import { Bodies } from '../../src/records/bodies.ts'
import { Live, type LiveType } from '../../src/state/live.ts'
import { runs } from '../runs.ts'
import { same } from '../same.ts'
import { Dice } from './dice.ts'
import { ids, randomDomain, randomFields } from './random-domain.ts'
import { randomQuery } from './random-query.ts'
import { withOtherValues } from './with-other-values.ts'

interface Ground {
  readonly type: LiveType
  readonly entity: Entity
  readonly rows: readonly StoredRecord[]
}

function groundOf(dice: Dice): Ground {
  const domain = randomDomain(dice)
  const live = new Live(domain, new Bodies({ fetch: async () => [] }, 1_000_000))
  const stamps = { created_at: '2024-01-20T10:00:00.000Z', updated_at: '2024-01-20T10:00:00.000Z' }
  const rows = dice.some(ids).map((id): StoredRecord => ({ ...stamps, ...randomFields(dice), id, rev: 1 }))
  for (const [at, row] of rows.entries()) {
    const change = { op: 'put', type: 'row', id: row.id, rev: 1, data: row } as const
    live.apply(at + 1, at, [{ change, before: undefined, after: row, patches: 0 }])
  }
  return { type: live.type('row'), entity: domain.entities.row, rows }
}

/** All that a plan says and does, or how it was refused. */
function told(plan: () => { readonly query: Query; readonly plan: Plan }, { rows, entity }: Ground): unknown {
  try {
    const { query, plan: made } = plan()
    const { access, inOrder, predicate, held, limit, after, estimatedRows, explanation, isCovered } = made
    const matching = rows.filter((row) => predicate === undefined || predicate(row)).sort(made.compare)
    const [cursor] = matching.map((row) => encodeCursor(query, row, entity))
    const asked = 'index' in access ? { ...access, index: access.index.name } : access
    const found = { query, asked, inOrder, held, limit, after, estimatedRows, explanation, isCovered, cursor }
    // The two zeros are one number, also where one is asked for after the other.
    return JSON.parse(JSON.stringify({ ...found, matching: matching.map(({ id }) => id) }))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { message: error.message, code: Reflect.get(error, 'code'), details: Reflect.get(error, 'details') }
  }
}

test('a query whose shape is known is planned, and refused, as if it were the first one', () => {
  let refused = 0
  let compiled = 0
  let planned = 0
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const dice = new Dice(seed)
      const ground = groundOf(dice)
      const { type, entity, rows } = ground
      const cache = new PlanCache()
      for (const sample of dice.many(6, () => randomQuery(dice))) {
        for (const one of [sample, ...dice.many(8, () => withOtherValues(dice, sample))]) {
          const cursor = dice.once(4) && rows[0] !== undefined ? { cursor: cursorOf(one, rows[0], entity) } : {}
          const query = { ...one, ...cursor }
          const anew = told(() => {
            const checked = checkQuery(query, entity)
            return { query: checked, plan: planQuery(checked, entity, type.indexes, rows.length) }
          }, ground)
          for (let times = 0; times < 3; times++)
            same(
              told(() => cache.planned(query, type, entity, rows.length), ground),
              anew,
              () => String(seed),
            )
          planned++
          if (typeof anew === 'object' && anew !== null && 'code' in anew) refused++
        }
      }
      compiled += cache.compiled
    }),
    { numRuns: runs(150) },
  )
  // Most shapes are asked for again and again, and a good part of the values are wrong: else little was compared.
  expect(compiled / planned).toBeLessThan(0.6)
  expect(refused / planned).toBeGreaterThan(0.1)
  expect(refused / planned).toBeLessThan(0.6)
})

function cursorOf(query: Query, row: StoredRecord, entity: Entity): string {
  try {
    return encodeCursor(checkQuery(query, entity), row, entity)
  } catch {
    return 'x'
  }
}
