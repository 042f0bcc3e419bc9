import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cachingStorage, type Fate } from './caching-storage.ts'
import { liveOf } from './damage-index.ts'
import { byStart, byWords } from './own-indexes.ts'
import { idsOf, indexOf, openPages, type Page } from './pages-store.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

type Step =
  | { readonly do: 'put'; readonly id: string; readonly page: Page }
  | { readonly do: 'delete' | 'distrust' | 'wait'; readonly id: string }
  | { readonly do: 'reopen'; readonly fate: Fate }
  | { readonly do: 'ask'; readonly where: object }

const id = fc.nat(9).map((n) => `p${n}`)
const code = fc.constantFrom('aa', 'ab', 'aac', 'aad', '1', 1, -0, 0, null, '')
const text = fc.constantFrom('red hat', 'red', 'a hat on', ' ', '', 'r', 'hate', 7)
const where = fc.oneof(
  code.map((value) => ({ code: value })),
  fc
    .subarray([...'x'], { minLength: 1 })
    .chain(() => fc.array(code, { maxLength: 3 }))
    .map((values) => ({ code: { in: values } })),
  fc.constantFrom('red', 'hat', 'ed h', 'a', ' ', '', 'red hat').map((contains) => ({ text: { contains } })),
  fc.record({ code, text: fc.constantFrom('r', 'ha').map((contains) => ({ contains })) }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      id,
      page: fc.record({ code, text }, { requiredKeys: [] }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'distrust' as const, 'wait' as const), id }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reopen' as const),
      fate: fc.constantFrom<Fate>('kept', 'lost', 'damaged'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('ask' as const), where }) },
)

test('any history is answered as a store without them answers it, whatever is built, saved, lost or damaged', async () => {
  const own = [byStart('code'), byWords('text', true)]
  let asked = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50, size: 'max' }), fc.nat(), async (steps, seed) => {
      let fate: Fate = 'kept'
      const storage = cachingStorage(memoryStorage(), () => fate)
      let openings = 0
      const opened = () => openPages(own, { storage, memory: { cacheBytes: 500 }, random: seed + ++openings })
      let { state } = await opened()
      const plain = (await openPages([])).state
      for (const one of steps) {
        if (one.do === 'put') {
          for (const store of [state, plain]) {
            await store.page.delete(one.id).catch(() => undefined)
            await store.page.create({ ...one.page, id: one.id })
          }
        } else if (one.do === 'delete') {
          for (const store of [state, plain]) await store.page.delete(one.id).catch(() => undefined)
        } else if (one.do === 'wait') await turns(20)
        else if (one.do === 'distrust') {
          const live = await liveOf(() => state.page.create({ id: `d${openings++}` }))
          await plain.page.create({ id: `d${openings - 1}` })
          const { kept } = live.type('page')
          const index = kept.trusted.find(({ isCustom }) => isCustom)
          if (index !== undefined && kept.distrust(index)) live.alarm.ring?.('page', index.name)
        } else if (one.do === 'reopen') {
          await state.close()
          fate = one.fate
          state = (await opened()).state
        } else if (one.do === 'ask') {
          expect(await idsOf(state, one.where), JSON.stringify(one.where)).toEqual(await idsOf(plain, one.where))
          expect(await state.page.where(one.where as never).count()).toBe(
            await plain.page.where(one.where as never).count(),
          )
          if ((await indexOf(state, one.where))?.match(/start|words/)) asked++
        }
      }
      // Only now it may turn out that the checkpoint is of no use, and all is built from the log.
      await state.checkIndexes()
      await turns(50)
      expect((await state.checkIndexes()).indexes.filter(({ ok }) => !ok)).toEqual([])
      await Promise.all([state.close(), plain.close()])
    }),
    { numRuns: runs(30) },
  )
  expect(asked).toBeGreaterThan(0)
})
