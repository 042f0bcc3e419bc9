import type { Index, MakeIndex } from '@stateward/contract'
import { expect, test } from 'vitest'
import { byStart } from './own-indexes.ts'
import { idsOf, openPages, pages } from './pages-store.ts'
import { turns } from './turns.ts'

const nonsense: Record<string, (made: Index) => Partial<Index>> = {
  'throws when it is asked': () => ({
    lookup: () => {
      throw new Error('no')
    },
  }),
  'throws while it is read': () => ({
    *lookup() {
      yield 0
      throw new Error('no')
    },
  }),
  'cannot estimate': () => ({
    estimate: () => {
      throw new Error('no')
    },
  }),
  'estimates nothing that is a number': () => ({ estimate: () => Number.NaN }),
  'gives slots that hold no record': ({ lookup }) => ({ lookup: (probe) => [...lookup(probe), 100_000] }),
  'gives what is no slot': ({ lookup }) => ({ lookup: (probe) => [...lookup(probe), 0.5] }),
  'gives a slot twice': ({ lookup }) => ({ lookup: (probe) => [...lookup(probe), ...lookup(probe)] }),
  'does not take changes in': () => ({
    update: () => {
      throw new Error('no')
    },
  }),
  'does not know its size': () => ({
    size: () => {
      throw new Error('no')
    },
    bytes: () => Number.NaN,
  }),
}

for (const [how, change] of Object.entries(nonsense)) {
  test(`one that ${how} costs time, and no answer and no write`, async () => {
    const { state, phases } = await openPages([byStart('code', change)], { memory: { maxBytes: 10_000_000 } })
    await turns(20)
    await state.page.createMany(pages)
    for (let again = 0; again < 8; again++) {
      expect(await idsOf(state, { code: 'c7' })).toHaveLength(5)
      expect(await state.page.where({ code: 'c7' } as never).count()).toBe(5)
      expect(state.view.page.where({ code: 'c7' } as never).all()).toHaveLength(5)
      expect(await state.transaction((tx) => tx.page.where({ code: 'c7' } as never).count())).toBe(5)
      await state.page.update('p7', { text: `${again}` })
      await state.stats()
      await turns(100)
    }
    expect(phases().at(-1), 'it is not built for ever').toBe('failed code start')
    expect(phases().length).toBeLessThan(12)
    const { indexes } = await state.checkIndexes()
    expect(indexes.find(({ name }) => name === 'code start')).toMatchObject({ ok: false })
    expect(indexes.filter(({ name }) => name !== 'code start').every(({ ok }) => ok)).toBe(true)
    await state.close()
  })
}

test('one that cannot be made a second time is given up, and the store goes on', async () => {
  let made = 0
  const once: MakeIndex = (context) => {
    if (++made > 2) throw new Error('only once')
    return byStart('code', () => ({ lookup: () => [-1] }))(context)
  }
  const { state, phases } = await openPages([once])
  await turns(20)
  await state.page.createMany(pages)
  expect(await idsOf(state, { code: 'c7' })).toHaveLength(5)
  await turns(100)
  expect(await idsOf(state, { code: 'c7' })).toHaveLength(5)
  expect(phases()).toEqual(['rebuilt code start', 'damaged code start', 'failed code start'])
  await state.close()
})
