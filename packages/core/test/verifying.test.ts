import type { LogWriter, Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { verify } from '../src/integrity/verify.ts'
import { Bodies } from '../src/records/bodies.ts'
import { replay } from '../src/recovery/replay.ts'
import { Live } from '../src/state/live.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

const rows = Array.from({ length: 1_300 }, (_, n) => ({ id: `t${n}`, n: n % 7, title: `${n % 3}`, state: 'open' }))

test('a store that is busy is sound too: records change and go while it is read', async () => {
  for (const cacheBytes of [64 * 1024 * 1024, 1]) {
    const { state } = await openTiny({ memory: { cacheBytes } })
    await state.task.createMany(rows)
    const verifying = state.verify()
    const writes = rows.map(({ id, n }) => (n === 0 ? state.task.delete(id) : state.task.update(id, { n: n + 1 })))
    const { ok, indexes, records } = await verifying
    expect(indexes.filter((one) => !one.ok)).toEqual([])
    expect(ok).toBe(true)
    expect(records).toBeGreaterThan(0)
    await Promise.all(writes)
    expect(await state.verify()).toMatchObject({ ok: true, records: await state.task.count() })
    await state.close()
  }
})

test('an index that lies is found out', async () => {
  const { state, storage } = await openTiny()
  await state.task.createMany(rows.slice(0, 20))
  await state.close()
  const reader = await storage.openReader()
  for (const [at, name] of ['n', 'n order', 'parent →', 'state+n', 'id order'].entries()) {
    const live = new Live(tinyDomain, new Bodies(reader, 100_000))
    await replay(reader, live)
    const type = live.type('task')
    const index = type.indexes.find((one) => one.name === name)
    const slot = type.rows.slotOf('t3') ?? -1
    const [record] = await live.bodies.load([live.request(type, slot)])
    if (at % 2 === 0) index?.update(slot, record, undefined)
    else index?.clear()
    const { ok, indexes } = await verify(reader, live)
    const lying = indexes.filter((one) => !one.ok)
    expect([ok, lying.map((one) => one.name)], name).toEqual(name === 'parent →' ? [true, []] : [false, [name]])
  }
  await reader.close()
})

test('a storage that is damaged is told, and nothing is read from it', async () => {
  const damage = [{ file: 'log', line: 3, byte: 7, reason: 'flipped' }]
  const inner = memoryStorage()
  const storage: Storage = {
    ...inner,
    async openWriter(owner) {
      const { writer, recovery } = await inner.openWriter(owner)
      const check: LogWriter['verify'] = async () => ({ ok: false, commits: 1, bytes: 1, unverified: 0, damage })
      const proxy = new Proxy(writer, {
        get(target, key) {
          if (key === 'verify') return check
          const value: unknown = Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: proxy, recovery }
    },
  }
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  expect(await state.verify()).toEqual({
    ok: false,
    storage: { ok: false, commits: 1, bytes: 1, unverified: 0, damage },
    indexes: [],
    records: 0,
  })
  await state.close()
})

test('a cold record whose line is gone, or is another one, is CORRUPT and says which', async () => {
  const inner = memoryStorage()
  let fetched: (Uint8Array | undefined)[] = []
  const storage: Storage = {
    ...inner,
    async openWriter(owner) {
      const { writer, recovery } = await inner.openWriter(owner)
      const proxy = new Proxy(writer, {
        get(target, key) {
          if (key === 'fetch') return async () => fetched
          const value: unknown = Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: proxy, recovery }
    },
  }
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.create({ id: 'a', n: 1 })
  const wrong = [
    undefined,
    '{"type":"task","timestamp":"t","data":{"id":"b"},"rev":1}',
    'not json',
    '{"type":"delete","timestamp":"t","target":"task","id":"a","rev":1}',
  ]
  for (const line of wrong) {
    fetched = [line === undefined ? undefined : Buffer.from(line)]
    const calls = [state.task.get('a'), state.task.where({}).all(), state.task.update('a', { n: 2 }), state.compact()]
    expect(await Promise.all(calls.map(codeOf)), line).toEqual(calls.map(() => 'CORRUPT'))
  }
  expect(await state.task.where({ n: 1 }).count()).toBe(1)
  await state.close()
})
