import assert from 'node:assert/strict'
import { limits, type Protocol } from '@stateward/contract'
import { refused } from '../codes.ts'
import { Seeded } from '../seeded.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, plain } from './trial.ts'

type Ask = Protocol['resolveId']['ask']

/** How many ids a refusal names at most. */
const candidatesNamed = 20

/** What `resolveId` promises. */
export const idCases: readonly EndpointCase[] = [
  endpointCase('resolveId leads from an end to the one record whose id ends so, of its own type', async (trial) => {
    await createBooks(trial, ['one-5e0c', 'two-5e0c', 'three-1e0c'])
    await trial.create('item', { id: 'other-1e0c' })
    assert.deepEqual(await resolved(trial, 'book', '1e0c'), { id: 'three-1e0c', shortest: '1e0c' })
    assert.deepEqual(await resolved(trial, 'book', 'e-1e0c'), { id: 'three-1e0c', shortest: '1e0c' })
    assert.deepEqual(await resolved(trial, 'book', 'one-5e0c'), { id: 'one-5e0c', shortest: 'e-5e0c' })
    assert.deepEqual(await resolved(trial, 'item', 'c'), { id: 'other-1e0c', shortest: 'c' })
    const { id } = await trial.create('author', { name: 'Ada' })
    assert.deepEqual(
      await resolved(trial, 'author', id.slice(-12)),
      { id, shortest: id.slice(-1) },
      'the end of a UUID',
    )
    assert.deepEqual(await resolved(trial, 'author', id), { id, shortest: id.slice(-1) }, 'a whole UUID')
  }),

  endpointCase('resolveId takes an id that is there for that one, whatever else ends with it', async (trial) => {
    await createBooks(trial, ['7', '17', 'b17'])
    assert.deepEqual(await resolved(trial, 'book', '7'), { id: '7', shortest: '7' })
    assert.deepEqual(await resolved(trial, 'book', '17'), { id: '17', shortest: '17' })
    await trial.delete('book', '7')
    await refused(
      'AMBIGUOUS',
      'an end of two, when the id itself is gone',
      trial.ask('resolveId', { type: 'book', id: '7' }),
    )
  }),

  endpointCase('resolveId of an end that several ids have is AMBIGUOUS, and names up to 20 of them', async (trial) => {
    await createBooks(trial, ['a-77', 'b-77', 'c-78'])
    const few = await refused('AMBIGUOUS', 'an end of two', trial.ask('resolveId', { type: 'book', id: '77' }))
    assert.deepEqual(textsIn(few.details.candidates).toSorted(), ['a-77', 'b-77'])
    assert.equal(few.details.count, 2)
    const made = Array.from({ length: 30 }, (_, at) => `${at}-same`)
    await createBooks(trial, made)
    const many = await refused('AMBIGUOUS', 'an end of thirty', trial.ask('resolveId', { type: 'book', id: 'same' }))
    const candidates = textsIn(many.details.candidates)
    assert.equal(many.details.count, made.length, 'all of them are counted')
    assert.equal(new Set(candidates).size, candidatesNamed, 'so many of them are named')
    assert(
      candidates.every((id) => made.includes(id)),
      'only such are named',
    )
    assert(
      candidates.every((id) => many.message.includes(id)),
      'the message names them too',
    )
  }),

  endpointCase('resolveId of an end that no id has is NOT_FOUND, and names what comes near', async (trial) => {
    const empty = await refused('NOT_FOUND', 'of no books at all', trial.ask('resolveId', { type: 'book', id: 'x' }))
    assert.deepEqual(empty.details.nearest, [])
    await createBooks(trial, ['a-501', 'b-772', 'c-703'])
    const near = await refused('NOT_FOUND', 'a digit is wrong', trial.ask('resolveId', { type: 'book', id: '9-772' }))
    assert.deepEqual(near.details.nearest, ['b-772'])
    await trial.delete('book', 'a-501')
    await refused('NOT_FOUND', 'of a deleted one', trial.ask('resolveId', { type: 'book', id: '501' }))
  }),

  endpointCase('resolveId means a deleted record only where it is asked to, and no live id ends so', async (trial) => {
    await createBooks(trial, ['a-1', 'b-1', 'c-2'])
    await trial.delete('book', 'a-1')
    const withDeleted = { deleted: true }
    assert.deepEqual(await resolved(trial, 'book', '1', withDeleted), { id: 'b-1', shortest: '1' })
    assert.deepEqual(await resolved(trial, 'book', 'a-1', withDeleted), { id: 'a-1', shortest: 'a-1', deleted: true })
    await trial.delete('book', 'b-1')
    const both = await refused(
      'AMBIGUOUS',
      'an end of two deleted ones',
      trial.ask('resolveId', { type: 'book', id: '-1', ...withDeleted }),
    )
    assert.deepEqual(textsIn(both.details.candidates).toSorted(), ['a-1', 'b-1'])
    await trial.ask('restore', { type: 'book', id: 'a-1' })
    assert.deepEqual(await resolved(trial, 'book', '-1', withDeleted), { id: 'a-1', shortest: '1' })
    await refused(
      'NOT_FOUND',
      'an id that never was',
      trial.ask('resolveId', { type: 'book', id: 'x', ...withDeleted }),
    )
  }),

  endpointCase('what is no question for an id is INVALID', async (trial) => {
    await createBooks(trial, ['a-1'])
    // As they would come from a wire, where nothing looks at types.
    const wrong: Readonly<Record<string, string>> = {
      'a type that is none': '{"type":"nothing","id":"1"}',
      'no type': '{"id":"1"}',
      'no id': '{"type":"book"}',
      'an empty id': '{"type":"book","id":""}',
      'a number': '{"type":"book","id":1}',
      null: '{"type":"book","id":null}',
      'a list': '{"type":"book","id":["1"]}',
      'deleted as a text': '{"type":"book","id":"1","deleted":"yes"}',
      'deleted as a number': '{"type":"book","id":"1","deleted":1}',
    }
    for (const [what, body] of Object.entries(wrong))
      await trial.refuse('INVALID', `resolveId: ${what}`, 'resolveId', JSON.parse(body))
    const long = { type: 'book', id: '1'.repeat(limits.idChars + 1) }
    await trial.refuse(['INVALID', 'TOO_LARGE'], 'resolveId: a long id', 'resolveId', long)
  }),

  ...[1, 2].map((seed) =>
    endpointCase(`resolveId leads where a look at every id leads (seed ${seed})`, async (trial) => {
      const seeded = new Seeded(seed)
      const [live, dead] = [new Set<string>(), new Set<string>()]
      const ids = ['a', 'ba', 'cba', 'dba', '1a', 'x1a', 'b', 'ab', 'aab']
      for (let step = 0; step < 60; step++) {
        const id = seeded.pick(ids)
        if (live.has(id)) {
          await trial.delete('item', id)
          live.delete(id)
          dead.add(id)
        } else {
          await trial.create('item', { id })
          dead.delete(id)
          live.add(id)
        }
        await compareOne(trial, [live, dead], seeded.pick(ids).slice(-seeded.between(1, 3)), seeded.once(2))
      }
    }),
  ),
]

async function createBooks(trial: EndpointTrial, ids: readonly string[]): Promise<void> {
  await trial.ask('createMany', { type: 'book', rows: ids.map((id) => ({ id, title: id })) })
}

async function resolved(
  trial: EndpointTrial,
  type: string,
  id: string,
  more: Pick<Ask, 'deleted'> = {},
): Promise<Protocol['resolveId']['answer']> {
  return plain(await trial.ask('resolveId', { type, id, ...more }))
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** The ids that are meant by an end. */
function meant(ids: ReadonlySet<string>, end: string): readonly string[] {
  return ids.has(end) ? [end] : [...ids].filter((id) => id.endsWith(end))
}

async function compareOne(
  trial: EndpointTrial,
  [live, dead]: readonly [ReadonlySet<string>, ReadonlySet<string>],
  end: string,
  deleted: boolean,
): Promise<void> {
  const living = meant(live, end)
  const expected = living.length === 0 && deleted ? meant(dead, end) : living
  const what = `${end} of ${[...live]}${deleted ? ` and the deleted ${[...dead]}` : ''}`
  const asking = trial.ask('resolveId', { type: 'item', id: end, deleted })
  if (expected.length !== 1) {
    const { details } = await refused(expected.length === 0 ? 'NOT_FOUND' : 'AMBIGUOUS', what, asking)
    if (expected.length > 1) assert.deepEqual(textsIn(details.candidates).toSorted(), expected.toSorted(), what)
    return
  }
  const { id, shortest, deleted: isDeleted = false } = await asking
  assert.equal(id, expected[0], what)
  assert.equal(isDeleted, !live.has(id), what)
  const others = [...live, ...(isDeleted ? dead : [])].filter((other) => other !== id)
  const isTold = (characters: number) => !others.some((other) => other.endsWith(id.slice(-characters)))
  const fewest = Array.from(id, (_, at) => at + 1).find(isTold) ?? id.length
  assert.equal(shortest, id.slice(-fewest), `the fewest characters that tell ${id}, of ${what}`)
}
