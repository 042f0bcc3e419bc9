import { type Caps, StatewardError, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

const storage = memoryStorage()
const good = { storage, domain: tinyDomain }

test.each([
  ['no storage', { domain: tinyDomain }],
  ['a storage that is none', { ...good, storage: {} }],
  ['no domain', { storage }],
  ['a domain that is none', { ...good, domain: {} }],
  ['a mistyped option', { ...good, durabilty: 'none' }],
  ['a mistyped option of memory', { ...good, memory: { cacheMb: 1 } }],
  ['a mistyped option of the mailbox', { ...good, mailbox: { size: 1 } }],
  ['no bytes', { ...good, memory: { cacheBytes: 0 } }],
  ['half a byte', { ...good, memory: { cacheBytes: 0.5 } }],
  ['bytes in words', { ...good, memory: { cacheBytes: '1MB' } }],
  ['no room in the mailbox', { ...good, mailbox: { capacity: 0 } }],
  ['room without end', { ...good, mailbox: { capacity: Number.POSITIVE_INFINITY } }],
  ['an overflow that there is not', { ...good, mailbox: { overflow: 'drop' } }],
  ['a level that there is not', { ...good, durability: 'always' }],
  ['a level from a prototype', { ...good, durability: 'toString' }],
])('options that are wrong are INVALID before anything is opened: %s', async (_, options) => {
  expect(await codeOf(createStateManager(options as never))).toBe('INVALID')
})

test('a level that the storage lacks is UNSUPPORTED; its own default is taken where none is named', async () => {
  const survives: Caps['survives'] = { none: 'memory' }
  const weak: Storage = { ...memoryStorage(), caps: { ...storage.caps, survives } }
  expect(await codeOf(createStateManager({ ...good, storage: weak }))).toBe('UNSUPPORTED')
  const state = await createStateManager({ ...good, storage: { ...weak, defaultDurability: 'none' } })
  expect((await state.stats()).durability).toBe('none')
  expect(await codeOf(state.task.create({ id: 'a' }, { durability: 'commit' }))).toBe('UNSUPPORTED')
  expect(await codeOf(state.task.create({ id: 'a' }, { durability: 'none' }))).toBe('none')
  await state.close()
})

test('a write may raise the level, and the storage hears of the highest in a group', async () => {
  const levels: string[] = []
  const inner = memoryStorage()
  const watched: Storage = {
    ...inner,
    async openWriter(owner) {
      const { writer, recovery } = await inner.openWriter(owner)
      const append: typeof writer.append = (records, options) => {
        levels.push(options.durability)
        return writer.append(records, options)
      }
      return { writer: Object.assign(Object.create(writer), { append: append.bind(writer) }), recovery }
    },
  }
  await using state = await createStateManager({ ...good, storage: withOwnMethods(watched), durability: 'none' })
  await Promise.all([state.task.create({ id: 'a' }), state.task.create({ id: 'b' }, { durability: 'interval' })])
  await state.task.create({ id: 'c' })
  expect(levels).toEqual(['interval', 'none'])
})

/** Private fields are not inherited: every other method has to be called on the writer itself. */
function withOwnMethods(storage: Storage): Storage {
  return {
    ...storage,
    async openWriter(owner) {
      const { writer, recovery } = await storage.openWriter(owner)
      const real = Object.getPrototypeOf(writer)
      const bound = new Proxy(writer, {
        get: (target, key) => {
          if (key === 'append') return target.append
          const value: unknown = Reflect.get(real, key)
          return typeof value === 'function' ? value.bind(real) : value
        },
      })
      return { writer: bound, recovery }
    },
  }
}

test.each([
  ['LOCKED', new StatewardError('LOCKED', 'held', { details: { pid: 1 } }), 'LOCKED'],
  [
    'CORRUPT of another copy of the class',
    Object.assign(new Error('bad'), { code: 'CORRUPT', details: { damage: [] } }),
    'CORRUPT',
  ],
  ['no error of ours', new TypeError('oops'), 'STORAGE_FAILED'],
])('a storage that cannot be opened: %s', async (_, thrown, code) => {
  const closed: Storage = {
    ...storage,
    openWriter: () => Promise.reject(thrown),
    openReader: () => Promise.reject(thrown),
  }
  for (const opening of [
    createStateManager({ ...good, storage: closed }),
    openStateReader({ ...good, storage: closed }),
  ]) {
    const error: unknown = await (opening as Promise<unknown>).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StatewardError)
    expect(error).toMatchObject({ code, ...('details' in thrown && { details: thrown.details }) })
  }
})

test('a log that is no log is CORRUPT, and the writer is closed again', async () => {
  for (const line of [
    '{"type":"tx","timestamp":"t","data":{"ops":7}}',
    'not json',
    '[]',
    'null',
    '{"type":"update","timestamp":"t","target":"task","id":"x","changes":{},"rev":2}',
  ]) {
    const broken = memoryStorage()
    const { writer } = await broken.openWriter('test')
    await writer.append([Buffer.from(line)], { expectedSeq: 0, commitId: '1', durability: 'commit' })
    await writer.close()
    expect(await codeOf(createStateManager({ ...good, storage: broken })), line).toBe('CORRUPT')
    expect((await broken.openWriter('test')).recovery.clean, 'the writer was closed').toBe(true)
  }
})

test('recovery tells what opening found', async () => {
  const { state, storage } = await openTiny()
  expect(state.recovery).toMatchObject({ clean: true, created: true, lastSeq: 0 })
  await state.task.create({ id: 'a' })
  const { state: second } = await openTiny({ storage })
  expect(second.recovery).toMatchObject({ clean: false, created: false, lastSeq: 1 })
  await second.close()
  await state.close()
})
