import assert from 'node:assert/strict'
import type { JsonValue, Query, QueryAnswer, StoredRecord } from '@stateward/contract'
import { refused } from '../codes.ts'
import { Seeded } from '../seeded.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, plain } from './trial.ts'

/** What `include` promises. */
export const includeCases: readonly EndpointCase[] = [
  endpointCase('include brings along what the rows lead to, each record once', async (trial) => {
    const ada = (await trial.create('author', { name: 'Ada' })).id
    const bob = (await trial.create('author', { name: 'Bob' })).id
    await trial.create('book', { id: 'gone', title: 'Zero' })
    await trial.create('book', { id: 'a', title: 'One', author_id: ada, editors: [bob, ada], sequel_of: 'gone' })
    await trial.create('book', { id: 'b', title: 'Two', author_id: ada, editors: [], sequel_of: 'a' })
    await trial.create('book', { id: 'c', title: 'Three' })
    await trial.delete('book', 'gone')
    const books = await trial.query('book', { include: ['author_id', 'editors', 'sequel_of'] })
    assert.deepEqual(relatedIds(books), [
      { author_id: ada, editors: [bob, ada], sequel_of: undefined },
      { author_id: ada, editors: [], sequel_of: 'a' },
      { author_id: undefined, editors: undefined, sequel_of: undefined },
    ])
    assert.equal(books.related?.author_id?.records.length, 1, 'an author of two books is told once')
    assert.deepEqual(plain(books.related?.author_id?.records[0]), plain(await trial.get('author', ada)))
    await trial.create('mark', { id: 'm', target_type: 'author', target_id: ada })
    await trial.create('mark', { id: 'n', target_type: 'book', target_id: 'b' })
    const marks = await trial.query('mark', { include: ['target_id'] })
    assert.deepEqual(relatedIds(marks), [{ target_id: ada }, { target_id: 'b' }], 'a field that leads to several types')
    const last = await trial.query('book', { where: { id: 'b' }, include: ['sequel_of'], limit: 1 })
    assert.deepEqual(Object.keys(last.related ?? {}), ['sequel_of'], 'only what is asked for')
    assert.equal((await trial.query('book')).related, undefined, 'only where it is asked for')
  }),

  endpointCase('include takes references of the type, each once', async (trial) => {
    await trial.create('book', { id: 'a', title: 'One' })
    const wrong = [['title'], ['id'], ['author_id', 'author_id'], ['none'], ['__proto__']]
    for (const include of wrong) {
      const asking = trial.ask('query', { type: 'book', include })
      await refused('INVALID', `include ${JSON.stringify(include)}`, asking)
    }
    assert.deepEqual(plain((await trial.query('book', { include: [] })).related), {}, 'none at all is a list too')
  }),

  endpointCase('what is included is as of the commit that the rows are of', async (trial) => {
    await trial.create('item', { id: 'root', n: 0 })
    await trial.create('item', { id: 'leaf', n: 0, parent: 'root' })
    const writing = Array.from({ length: 60 }, (_, at) =>
      trial.ask('transact', {
        operations: ['root', 'leaf'].map((id) => ({ op: 'update', type: 'item', id, changes: { n: at + 1 } }) as const),
      }),
    )
    const looking = writing.map(async (written) => {
      await written
      const { rows, related } = await trial.query('item', { where: { id: 'leaf' }, include: ['parent'] })
      assert.equal(related?.parent?.records[0]?.n, rows[0]?.n, 'a row and what it leads to are of one commit')
    })
    await Promise.all(looking)
  }),

  ...[1, 2].map((seed) =>
    endpointCase(`include finds what a look at each record finds (seed ${seed})`, async (trial) => {
      const seeded = new Seeded(seed)
      const ids = Array.from({ length: 30 }, (_, n) => `i${String(n).padStart(2, '0')}`)
      for (const [at, id] of ids.entries()) {
        const parent = at > 0 && !seeded.once(3) ? { parent: seeded.pick(ids.slice(0, at)) } : {}
        await trial.create('item', { id, n: seeded.below(5), ...parent })
      }
      for (let round = 0; round < 20; round++) {
        const query = {
          where: { n: { gte: seeded.below(5) } },
          ...(seeded.once(2) && { limit: seeded.between(1, 10) }),
          orderBy: [['n', seeded.once(2) ? 'asc' : 'desc']] as const,
        }
        await compareOne(trial, query)
        await trial.update('item', seeded.pick(ids), { parent: seeded.pick(ids) })
      }
    }),
  ),
]

/** The ids that the rows lead to, by field, as `related` says. */
function relatedIds({ rows, related = {} }: QueryAnswer): Record<string, unknown>[] {
  return rows.map((_, at) => {
    const own = Object.entries(related).map(([field, { records, places }]) => {
      const place = places[at]
      assert(place !== undefined, `${field} has a place for row ${at}`)
      const idAt = (one: number): string | undefined => records[one]?.id
      return [field, typeof place === 'number' ? idAt(place) : place.map(idAt)]
    })
    return Object.fromEntries(own)
  })
}

async function compareOne(trial: EndpointTrial, query: Omit<Query, 'type'>): Promise<void> {
  const answer = await trial.query('item', { ...query, include: ['parent'] })
  const { rows, cursor } = await trial.query('item', query)
  assert.deepEqual(plain(answer.rows), plain(rows), `rows of ${JSON.stringify(query)}`)
  assert.equal(answer.cursor === undefined, cursor === undefined, 'there are as many pages')
  const parents: (JsonValue | undefined)[] = rows.map(({ parent }) => parent)
  const named = parents.filter((id) => typeof id === 'string')
  const records = new Map((await trial.getMany('item', named)).map((record) => [record?.id, record]))
  const found = (answer.related?.parent?.places ?? []).map((place) =>
    typeof place === 'number' ? answer.related?.parent?.records[place] : undefined,
  )
  const expected = parents.map((id): StoredRecord | undefined => records.get(typeof id === 'string' ? id : undefined))
  assert.deepEqual(plain(found), plain(expected), `parents of ${JSON.stringify(query)}`)
  const ids = answer.related?.parent?.records.map(({ id }) => id) ?? []
  assert.equal(new Set(ids).size, ids.length, 'each is told once')
}
