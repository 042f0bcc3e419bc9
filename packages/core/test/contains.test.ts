import type { QueryAnswer } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cachingStorage, type Fate } from './caching-storage.ts'
import { damageIndex, liveOf, recordsOf } from './damage-index.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import { turns } from './turns.ts'

const units = ['a', 'b', 'B', 'é', 'e', '\u0301', '\ud83d\ude00', '\0', ' ']
const text = fc.array(fc.constantFrom(...units), { maxLength: 8 }).map((list) => list.join(''))
const held = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, 5) },
)

type Step =
  | { readonly kind: 'put'; readonly id: string; readonly text: unknown }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'reopen'; readonly fate: Fate }
  | { readonly kind: 'ask'; readonly asked: string }

const id = fc.nat(9).map((n) => `n${n}`)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), id, text: held }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reopen' as const),
      fate: fc.constantFrom<Fate>('kept', 'lost', 'damaged'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), asked: text }) },
)

/** What a store should answer, of a map and without an index. */
class Expected {
  readonly texts = new Map<string, unknown>()

  ids(asked: string): string[] {
    const holds = (one: unknown): boolean => (typeof one === 'string' || Array.isArray(one)) && one.includes(asked)
    return [...this.texts].flatMap(([one, value]) => (holds(value) ? [one] : [])).sort()
  }
}

const where = (asked: string) => ({ type: 'note', where: { text: { contains: asked } } })
const idsOf = ({ rows }: QueryAnswer): string[] => rows.map((row) => row.id)

async function take(state: TinyState, expected: Expected, one: Step): Promise<void> {
  if (one.kind === 'ask') {
    expect(idsOf(await state.ask('query', where(one.asked)))).toEqual(expected.ids(one.asked))
    expect(await state.ask('count', where(one.asked))).toBe(expected.ids(one.asked).length)
  }
  if (one.kind === 'delete' && expected.texts.delete(one.id)) await state.note.delete(one.id)
  if (one.kind === 'put') {
    const isThere = expected.texts.has(one.id)
    expected.texts.set(one.id, one.text)
    const fields = one.text === undefined ? {} : { text: one.text as string }
    if (!isThere) await state.note.create({ id: one.id, ...fields })
    else if (one.text === undefined) await state.note.update(one.id, {}, { unset: ['text'] })
    else await state.note.update(one.id, fields)
  }
}

test('contains answers as a scan does, whatever was written, saved, lost or damaged', async () => {
  const runs = process.env.STATEWARD_TEST_SCALE === 'nightly' ? 2_000 : 12
  let opening = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let fate: Fate = 'kept'
      const storage = cachingStorage(memoryStorage(), () => fate)
      const open = () => openTiny({ storage, checkpoints: { atClose: 1 }, random: seededRandom(++opening) })
      const expected = new Expected()
      let { state } = await open()
      for (const one of steps) {
        if (one.kind === 'reopen') {
          await state.close()
          fate = one.fate
          state = (await open()).state
        } else await take(state, expected, one)
      }
      for (const [, value] of expected.texts) {
        if (typeof value !== 'string' || value.length < 3) continue
        expect(idsOf(await state.ask('query', where(value.slice(0, 3))))).toEqual(expected.ids(value.slice(0, 3)))
      }
      expect(await state.checkIndexes()).toMatchObject({ ok: true })
      await state.close()
    }),
    { numRuns: runs },
  )
})

test('explain names the index, what is left to check, and how many rows it expects', async () => {
  const { state } = await openTiny()
  await state.note.createMany(
    Array.from({ length: 200 }, (_, n) => ({ id: `n${n}`, text: n % 50 === 7 ? `a needle ${n}` : `a straw ${n}` })),
  )
  const explain = (asked: string) => state.note.where({ text: { contains: asked } }).explain({ analyze: true })
  const found = await explain('needle')
  expect(found).toMatchObject({
    plan: { kind: 'lookup', index: 'text text' },
    residual: { text: { contains: 'needle' } },
    analysis: { rows: 4 },
  })
  expect(found.analysis?.candidates).toBeLessThan(20)
  expect(found.estimatedRows).toBeGreaterThanOrEqual(4)
  // Two characters are no trigram, and what all hold is not worth an index.
  for (const asked of ['ne', '', ' ']) expect((await explain(asked)).plan).toMatchObject({ index: 'id order' })
  expect(await state.note.where({ text: { contains: 'nee' }, id: { gt: 'n5' } }).count()).toBe(2)
  await state.close()
})

test('one that lies is not asked, is built again, and answers as before', async () => {
  const phases: string[] = []
  const { state } = await openTiny({
    compaction: false,
    onEvent: (event) => void (event.kind === 'index' && phases.push(event.phase)),
  })
  const rows = Array.from({ length: 60 }, (_, n) => ({ id: `n${n}`, text: `${n % 2 === 0 ? 'even' : 'odd'} number` }))
  const live = await liveOf(() => state.note.createMany(rows))
  const type = live.type('note')
  const index = type.indexes.find(({ name }) => name === 'text text')
  if (index === undefined) throw new Error('expected an index of texts, found none')
  damageIndex(index, 'forgets', recordsOf(live, type))
  expect(await state.note.where({ text: { contains: 'even' } }).count()).toBe(29)
  expect(await state.checkIndexes()).toMatchObject({ ok: false })
  const answer = await state.ask('query', where('even'))
  expect([answer.rows.length, answer.degraded]).toEqual([30, true])
  await turns(100)
  expect(phases).toEqual(['damaged', 'rebuilt'])
  expect(await state.checkIndexes()).toMatchObject({ ok: true })
  const again = await state.ask('query', where('even'))
  expect([again.rows.length, again.degraded]).toEqual([30, undefined])
  await state.close()
})
