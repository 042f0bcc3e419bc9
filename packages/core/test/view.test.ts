import { limits } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/index.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

/** As `codeOf`, of what is thrown. */
const thrownBy = (call: () => unknown): Promise<string> => codeOf(new Promise((resolve) => resolve(call())))

test('a view answers within the call, of what is acknowledged, with the very records that the collections give', async () => {
  const { state } = await openTiny()
  const made = await state.task.create({ id: 't1', n: 1 })
  expect(state.view.task.get('t1')).toBe(made)
  expect(state.view.task.get('nobody')).toBeUndefined()
  expect(state.view.task.getMany(['nobody', 't1'])).toEqual([undefined, made])
  expect(state.view.task.where({ n: 1 }).all()).toEqual([made])
  expect(state.view.task.where().count()).toBe(1)
  expect(state.view.task.where({ n: 1 }).explain()).toEqual(await state.task.where({ n: 1 }).explain())
  const updating = state.task.update('t1', { n: 2 })
  expect(state.view.task.get('t1')?.n).toBe(1)
  await updating
  expect(state.view.task.get('t1')?.n).toBe(2)
  await state.close()
  expect(await thrownBy(() => state.view.task.get('t1'))).toBe('CLOSED')
})

test('a view throws what is wrong with a question, in the words of the collections', async () => {
  const { state } = await openTiny()
  expect(await thrownBy(() => state.view.task.get(''))).toBe('INVALID')
  expect(await thrownBy(() => state.view.task.where({ n: { near: 1 } } as never).all())).toBe('INVALID')
  expect(await thrownBy(() => state.view.task.where(undefined as never).all())).toBe('INVALID')
  expect(await thrownBy(() => state.view.task.where().limit(0).all())).toBe('INVALID')
  await state.close()
})

test('records that are not in memory are read from the log, up to a bound', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  const rows = Array.from({ length: limits.viewBodies + 1 }, (_, n) => ({ id: `t${n}`, n }))
  await state.task.createMany(rows)
  expect(state.view.task.get('t7')?.n).toBe(7)
  const far = state.view.task.where({ title: { exists: false } } as never)
  expect(await thrownBy(() => far.all())).toBe('TOO_LARGE')
  expect(far.limit(limits.viewBodies - 1).all()).toHaveLength(limits.viewBodies - 1)
  expect(await thrownBy(() => far.limit(limits.viewBodies).all())).toBe('TOO_LARGE')
  const ids = rows.map(({ id }) => id)
  expect(await thrownBy(() => state.view.task.getMany(ids))).toBe('TOO_LARGE')
  expect(state.view.task.getMany(ids.slice(1)).map((record) => record?.id)).toEqual(ids.slice(1))
  await state.close()
})

test('where a storage reads only with promises, a view says so, also of what is in memory', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({
    storage: {
      ...storage,
      openWriter: async (owner, options) => {
        const opened = await storage.openWriter(owner, options)
        const writer = new Proxy(opened.writer, {
          get: (target, key) => {
            const value: unknown = key === 'fetchSync' ? undefined : Reflect.get(target, key)
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
        return { ...opened, writer }
      },
    },
  })
  await state.task.create({ id: 't1', n: 1 })
  expect(await thrownBy(() => state.view.task.get('t1'))).toBe('UNSUPPORTED')
  await state.close()
})

test('a reader has a view too', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 't1', n: 1 })
  const reader = await openStateReader({ storage, domain: tinyDomain })
  expect(reader.view.task.get('t1')?.n).toBe(1)
  await reader.close()
  expect(await thrownBy(() => reader.view.task.get('t1'))).toBe('CLOSED')
  await state.close()
})
