import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode, openState, openStores, type Stores, type StoresEvent } from 'stateward'
import { expect, onTestFinished, test } from 'vitest'
import { noteDomain } from '../note-domain.ts'

type Notes = typeof noteDomain

async function opened(events: StoresEvent[] = []): Promise<{ stores: Stores<Notes>; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'stateward-stores-'))
  const stores = await openStores({
    ...{ directory, domain: noteDomain, maxOpen: 2, retry: { firstMs: 60_000, mostMs: 60_000 } },
    onEvent: (event) => {
      events.push(event)
      throw new Error('a listener that throws')
    },
  })
  onTestFinished(async () => {
    await stores.stop()
    await rm(directory, { recursive: true, force: true })
  })
  return { stores, directory }
}

test('calls on a store by its name open it, in their order, and passivated it holds what it held', async () => {
  const { stores, directory } = await opened()
  const ada = stores.get('Ada/..')
  await Promise.all([1, 2, 3].map((n) => ada.note.create({ id: `n${n}`, n })))
  await ada.transact([{ op: 'update', type: 'note', id: 'n1', changes: { n: 10 } }])
  expect(await stores.passivate('Ada/..')).toBe(true)
  expect(stores.stats()).toMatchObject({ open: 0, woken: 1, passivated: 1 })
  const sum = await ada.transaction(async (tx) =>
    (await tx.note.getMany(['n1', 'n2', 'n3'])).reduce((all, one) => all + (one?.n ?? 0), 0),
  )
  expect(sum).toBe(15)
  expect(await stores.names()).toEqual(['Ada/..'])
  expect(await readdir(directory)).toEqual(['%41da%2f.%2e'])
  expect(await readdir(join(directory, '%41da%2f.%2e'))).not.toContain('ballast')
})

test('what is used stays open, and what watches it keeps it open until it ends', async () => {
  const { stores } = await opened()
  await stores.use('a', async (store) => {
    expect(await stores.passivate('a')).toBe(false)
    expect('close' in store).toBe(false)
    await store.note.create({ id: 'n', n: 1 })
    expect((await store.stats()).records).toBe(1)
  })
  const ending = new AbortController()
  const feed = stores.get('a').follow(1, ending.signal)[Symbol.asyncIterator]()
  expect((await feed.next()).value?.[0]?.seq).toBe(1)
  expect(await stores.passivate('a')).toBe(false)
  ending.abort()
  expect((await feed.next()).done).toBe(true)
  expect(await stores.passivate('a')).toBe(true)
  expect((await stores.get('a').follow(1, ending.signal)[Symbol.asyncIterator]().next()).done).toBe(true)
})

test('a store that is not to be made is NOT_FOUND, one that another holds is LOCKED and is not tried again at once', async () => {
  const events: StoresEvent[] = []
  const { stores, directory } = await opened(events)
  const notFound = stores.use('new', () => 1, { create: false })
  await expect(notFound).rejects.toSatisfy((error) => hasCode(error, 'NOT_FOUND'))
  expect(await stores.names()).toEqual([])
  const other = await openState(join(directory, 'a'), { domain: noteDomain })
  for (let times = 0; times < 3; times++) {
    await expect(stores.get('a').note.get('n')).rejects.toSatisfy((error) => hasCode(error, 'LOCKED'))
  }
  await other.close()
  expect(events.filter(({ kind }) => kind === 'wake-failed')).toMatchObject([
    { name: 'a', code: 'LOCKED', retryInMs: 60_000 },
  ])
  expect(await stores.use('b', (store) => store.note.all())).toEqual([])
})

test('a folder that holds other things shows only stores', async () => {
  const { stores, directory } = await opened()
  await mkdir(join(directory, '.git'))
  await writeFile(join(directory, 'notes'), '')
  await stores.use('a', () => undefined)
  expect(await stores.names()).toEqual(['a'])
})

test('a stop waits for those who use a store, refuses the rest, and says what was left', async () => {
  const { stores } = await opened()
  let leave = (): void => undefined
  let using: Promise<unknown> = Promise.resolve()
  await new Promise<void>((entered) => {
    using = stores.use('a', async (store) => {
      entered()
      await new Promise<void>((resolve) => {
        leave = resolve
      })
      return store.note.create({ id: 'n', n: 1 })
    })
  })
  await stores.use('b', () => undefined)
  const stopped = stores.stop()
  await expect(stores.get('b').note.get('n')).rejects.toSatisfy((error) => hasCode(error, 'CLOSED'))
  leave()
  expect(await using).toMatchObject({ n: 1 })
  expect(await stopped).toMatchObject({
    clean: true,
    unsettled: [],
    phases: [{ name: 'intake' }, { name: 'drain' }, { name: 'close' }],
  })
  expect(stores.stats()).toMatchObject({ open: 0 })
})

test('a second stop closes at once what somebody uses for ever, and names it', async () => {
  const { stores } = await opened()
  let held: Promise<unknown> = Promise.resolve()
  await new Promise<void>((resolve) => {
    held = stores.use('Eve', async (store) => {
      resolve()
      await new Promise(() => undefined)
      return store
    })
  })
  void held
  const first = stores.stop()
  const second = stores.stop()
  expect(await second).toMatchObject({ clean: false, unsettled: ['Eve'] })
  expect(await first).toEqual(await second)
})

test.each([{ maxOpen: 0 }, { idleMs: -1 }, { maxWaiting: 1.5 }, { directory: '' }, { retry: { firstMs: 0 } }])(
  'the options %j are INVALID',
  async (wrong) => {
    const directory = join(tmpdir(), 'stateward-never')
    await expect(openStores({ directory, ...wrong })).rejects.toSatisfy((error) => hasCode(error, 'INVALID'))
  },
)
