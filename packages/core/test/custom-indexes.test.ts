import type { MakeIndex } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { cachingStorage, type Fate } from './caching-storage.ts'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { byStart, byWords } from './own-indexes.ts'
import { domainOf, idsOf, indexOf, openPages, pages } from './pages-store.ts'
import { turns } from './turns.ts'

test('queries go by an index of one’s own where its shape says so, and check what it gives', async () => {
  const { state } = await openPages([byStart('code'), byWords('text')])
  await turns(20)
  await state.page.createMany(pages)
  expect(await indexOf(state, { code: 'c7' })).toBe('code start')
  expect(await indexOf(state, { text: { contains: 'needle' } })).toBe('text words')
  expect(await idsOf(state, { code: 'c7' })).toEqual(['p127', 'p167', 'p47', 'p7', 'p87'])
  // It gives as many more as begin alike: none of them is counted.
  expect(await state.page.where({ code: 'c1' } as never).count()).toBe(5)
  expect(await state.page.where({ code: 'c1', text: { contains: 'edl' } } as never).count()).toBe(0)
  expect(await idsOf(state, { text: { contains: 'eedl' } })).toEqual(['p107', 'p157', 'p57', 'p7'])
  await state.page.update('p7', { text: 'hay', code: 'x' })
  await state.page.delete('p57')
  expect(await idsOf(state, { text: { contains: 'a needle' } })).toEqual(['p107', 'p157'])
  expect((await state.checkIndexes()).indexes.filter(({ ok }) => !ok)).toEqual([])
  const { indexes } = await state.stats()
  expect(indexes.map(({ name, entries }) => [name, entries])).toContainEqual(['code start', 199])
  await state.close()
})

test('one is built behind the opening: answers are degraded and right until it is', async () => {
  const storage = memoryStorage()
  const first = await openPages([], { storage })
  await first.state.page.createMany(pages)
  await first.state.close()
  const { state, phases } = await openPages([byStart('code')], { storage })
  const answer = await state.ask('query', { type: 'page', where: { code: 'c7' } })
  expect([answer.rows.length, answer.degraded]).toEqual([5, true])
  await turns(200)
  expect(phases()).toEqual(['rebuilt code start'])
  const later = await state.ask('query', { type: 'page', where: { code: 'c7' } })
  expect([later.rows.length, later.degraded, await indexOf(state, { code: 'c7' })]).toEqual([
    5,
    undefined,
    'code start',
  ])
  const reader = await openStateReader({ storage, domain: domainOf([byStart('code')]) })
  const beside = await reader.ask('query', { type: 'page', where: { code: 'c7' } })
  expect([beside.rows.length, beside.degraded]).toEqual([5, undefined])
  await reader.close()
  const past = await state.asOf((await state.stats()).lastSeq)
  expect(await past.page.where({ code: 'c7' } as never).count()).toBe(5)
  await state.close()
})

test('one that is saved with the others is asked at once at the next opening', async () => {
  const storage = cachingStorage(memoryStorage())
  const first = await openPages([byStart('code'), byWords('text', true)], { storage })
  await turns(20)
  await first.state.page.createMany(pages)
  await first.state.close()
  const { state, phases } = await openPages([byStart('code'), byWords('text', true)], { storage })
  expect(storage.loads).toBeGreaterThan(0)
  const answer = await state.ask('query', { type: 'page', where: { text: { contains: 'needle' } } })
  expect([answer.rows.length, answer.degraded, await indexOf(state, { text: { contains: 'needle' } })]).toEqual([
    4,
    undefined,
    'text words',
  ])
  await turns(200)
  expect(phases(), 'the other one has no image').toEqual(['rebuilt code start'])
  expect((await state.checkIndexes()).ok).toBe(true)
  await state.close()
  const unread = { ...byWords('text', true)({ kindOf: () => 'value', idOf: () => '' }) }
  const broken: MakeIndex = () => ({
    ...unread,
    image: {
      format: 'words 1',
      save: () => [],
      load: () => {
        throw new Error('cannot be read')
      },
    },
  })
  const third = await openPages([byStart('code'), broken], { storage })
  expect((await third.state.ask('query', { type: 'page', where: { text: { contains: 'needle' } } })).degraded).toBe(
    true,
  )
  await third.state.close()
})

test('one is built again in the state of a log that was opened again', async () => {
  const storage = faultyStorage({ fates: ['ok', 'lost unknown'], unknown: 'stop' })
  const { state, phases } = await openPages([byStart('code')], { storage })
  await turns(20)
  await state.page.createMany(pages)
  expect(await codeOf(state.page.delete('p7'))).toBe('UNKNOWN')
  await state.reopen()
  await turns(200)
  expect([phases(), await indexOf(state, { code: 'c7' })]).toEqual([
    ['rebuilt code start', 'rebuilt code start'],
    'code start',
  ])
  await state.close()
})

test('one that leaves a record out is found by the comparison, is not asked any more, and is built again', async () => {
  let lies = true
  const forgetful = byStart('code', ({ update }) => ({
    update: (slot, before, after) => update(slot, before, lies && after?.id === 'p7' ? undefined : after),
  }))
  const { state, phases } = await openPages([forgetful])
  await turns(20)
  await state.page.createMany(pages)
  expect(await idsOf(state, { code: 'c7' }), 'nobody knows yet').toEqual(['p127', 'p167', 'p47', 'p87'])
  lies = false
  const { ok, indexes } = await state.checkIndexes()
  expect([ok, indexes.filter((one) => !one.ok).map(({ name }) => name)]).toEqual([false, ['code start']])
  const answer = await state.ask('query', { type: 'page', where: { code: 'c7' } })
  expect([answer.rows.length, answer.degraded]).toEqual([5, true])
  await turns(200)
  expect(phases()).toEqual(['rebuilt code start', 'damaged code start', 'rebuilt code start'])
  expect(await idsOf(state, { code: 'c7' })).toHaveLength(5)
  await state.close()
})

test('what is no index, or is called as another one, is INVALID at the opening', async () => {
  const good = byStart('code')
  const from =
    (more: object): MakeIndex =>
    (context) => ({ ...good(context), ...more })
  const bad: [MakeIndex | string, string][] = [
    [from({ name: 'id order' }), 'the name "id order", which another index of the type has'],
    [from({ name: '' }), 'one without a name'],
    [from({ fields: [] }), 'one without fields'],
    [from({ shape: undefined }), 'one without a shape'],
    [from({ shape: { equal: 1, range: true } }), 'a shape of more fields than it has'],
    [from({ lookup: undefined }), 'one without lookup'],
    [() => undefined as never, 'one without a name'],
    [
      () => {
        throw new Error('oh')
      },
      'that it throws: oh',
    ],
    ['code', 'no function'],
  ]
  for (const [make, message] of bad)
    await expect(openPages([make as MakeIndex])).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining(message),
    })
  await expect(openPages([good, good])).rejects.toMatchObject({
    code: 'INVALID',
    details: { type: 'page', customIndex: 1 },
  })
  const listed = domainOf([good], { fields: ['text'] })
  const opening = createStateManager({ storage: memoryStorage(), domain: listed })
  await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('the field code') })
})

test('one is dropped where memory is short, and built again where there is room', async () => {
  const storage = memoryStorage()
  const large = byStart('code', () => ({ bytes: () => 1_000_000 }))
  const { state, phases } = await openPages([large], { storage, memory: { maxBytes: 1_000_000, cacheBytes: 10_000 } })
  await state.page.createMany(pages)
  await turns(100)
  await state.page.createMany(pages.map((page) => ({ ...page, id: `again ${page.id}` })))
  expect(phases()).toContain('dropped code start')
  expect(await idsOf(state, { code: 'c7' })).toHaveLength(10)
  expect((await state.page.where({ code: 'c7' } as never).explain()).dropped).toContain('code start')
  await state.close()
  const more = await openPages([large], { storage })
  await turns(200)
  expect(await indexOf(more.state, { code: 'c7' })).toBe('code start')
  await more.state.close()
})

test('one that was loaded is built from the log where the rest of the checkpoint turns out to be of no use', async () => {
  let lost = 0
  for (let tenth = 0; tenth < 10; tenth++) {
    let fate: Fate = 'kept'
    const storage = cachingStorage(
      memoryStorage(),
      () => fate,
      (bytes) => Math.floor((bytes * tenth) / 10),
    )
    const first = await openPages([byWords('text', true)], { storage })
    await turns(20)
    await first.state.page.createMany(pages)
    await first.state.close()
    fate = 'damaged'
    const { state, phases } = await openPages([byWords('text', true)], { storage })
    const where = { text: { contains: 'needle' } }
    const wasLoaded = (await indexOf(state, where)) === 'text words'
    await state.page.update('p7', { text: 'hay' })
    await turns(200)
    if (wasLoaded && phases().join() === 'damaged text words,rebuilt text words') lost++
    expect([await indexOf(state, where), await idsOf(state, where)]).toEqual(['text words', ['p107', 'p157', 'p57']])
    await state.close()
  }
  expect(lost).toBeGreaterThan(0)
})
