import { type ErrorCode, hasCode, StatewardError } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { type Fate, faultyStorage } from './faulty-storage.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'

class ForeignError extends Error {
  readonly code: string
  readonly details = { from: 'another copy' }
  constructor(code: string) {
    super(`foreign ${code}`)
    this.code = code
  }
}

const refusal = (code: ErrorCode): Fate => ({ fails: new StatewardError(code, `told ${code}`) })
const stopping: [what: string, fate: Fate, code: ErrorCode][] = [
  ['STORAGE_FAILED', refusal('STORAGE_FAILED'), 'STORAGE_FAILED'],
  ['FENCED', refusal('FENCED'), 'FENCED'],
  ['CONFLICT: somebody else has written', refusal('CONFLICT'), 'FENCED'],
  ['UNKNOWN that landed', 'lands unknown', 'UNKNOWN'],
  ['UNKNOWN that was lost', 'lost unknown', 'UNKNOWN'],
  ['CLOSED', refusal('CLOSED'), 'CLOSED'],
  ['another copy of the class', { fails: new ForeignError('FENCED') }, 'FENCED'],
  ['an error with a code of its own', { fails: new ForeignError('EIO') }, 'STORAGE_FAILED'],
  ['an error with a code from a prototype', { fails: new ForeignError('toString') }, 'STORAGE_FAILED'],
  ['a text', { fails: 'oh no' }, 'STORAGE_FAILED'],
  ['nothing at all', { fails: undefined }, 'STORAGE_FAILED'],
  ['null', { fails: null }, 'STORAGE_FAILED'],
  ['something without a text', { fails: Object.create(null) }, 'STORAGE_FAILED'],
]
const harmless: [what: string, fate: Fate, code: ErrorCode][] = [
  ['FULL', refusal('FULL'), 'FULL'],
  ['TOO_LARGE', refusal('TOO_LARGE'), 'TOO_LARGE'],
  ['UNSUPPORTED', refusal('UNSUPPORTED'), 'UNSUPPORTED'],
  ['FULL of another copy of the class', { fails: new ForeignError('FULL') }, 'FULL'],
]

describe.each(stopping)('an append that fails with %s', (_, fate, code) => {
  test(`is ${code}, stops writing, and reading goes on`, async () => {
    const storage = faultyStorage({ fates: ['ok', fate], unknown: 'stop' })
    const { state } = await openTiny({ storage })
    const a = await state.task.create({ id: 'a', n: 1 })
    expect(await codeOf(state.task.update('a', { n: 2 }))).toBe(code)
    expect(await codeOf(state.task.create({ id: 'b' }))).toBe('STORAGE_FAILED')
    expect(await codeOf(state.flush())).toBe('STORAGE_FAILED')
    expect(await state.task.get('a')).toEqual(a)
    expect(await state.task.where({ n: 1 }).all()).toEqual([a])
    expect(await state.task.where({ n: 2 }).count()).toBe(0)
    expect(await state.stats()).toMatchObject({ health: 'failed', lastSeq: 1 })
    expect(storage.asked).toHaveLength(2)
    await state.close()
    const landed = fate === 'lands unknown'
    const { state: again } = await openTiny({ storage })
    expect((await again.task.get('a'))?.n).toBe(landed ? 2 : 1)
    expect(await again.stats()).toMatchObject({ health: 'ok', lastSeq: landed ? 2 : 1 })
    await again.close()
  })
})

describe.each(harmless)('an append that fails with %s', (_, fate, code) => {
  test(`is ${code}, leaves no trace, and the next write works`, async () => {
    const storage = faultyStorage({ fates: ['ok', fate], unknown: 'stop' })
    const { state } = await openTiny({ storage })
    const a = await state.task.create({ id: 'a', n: 1 })
    const before = await rawLog(storage)
    expect(await codeOf(state.task.update('a', { n: 2 }))).toBe(code)
    expect(await state.task.get('a')).toEqual(a)
    expect(await rawLog(storage)).toEqual(before)
    expect(await state.stats()).toMatchObject({ health: 'ok', lastSeq: 1 })
    expect(await state.task.update('a', { n: 3 })).toMatchObject({ n: 3, rev: 2 })
    expect((await state.verify()).ok).toBe(true)
    await state.close()
  })
})

test('an error keeps its message, its details and its cause', async () => {
  const cause = new ForeignError('FULL')
  const { state } = await openTiny({ storage: faultyStorage({ fates: [{ fails: cause }], unknown: 'stop' }) })
  const error: unknown = await state.task.create({ id: 'a' }).catch((reason: unknown) => reason)
  expect(hasCode(error, 'FULL')).toBe(true)
  expect(error).toMatchObject({ message: 'foreign FULL', details: { from: 'another copy' }, retryable: true, cause })
  await state.close()
})

test('where unknown outcomes are resolved, the same append is asked again until it answers', async () => {
  for (const fate of ['lands unknown', 'lost unknown'] as const) {
    const storage = faultyStorage({ fates: [fate, 'lost unknown'], unknown: 'resolve' })
    const { state } = await openTiny({ storage })
    const [a, b] = await Promise.all([state.task.create({ id: 'a' }), state.task.create({ id: 'b' })])
    expect([a.rev, b.rev]).toEqual([1, 1])
    const [first, second, third] = storage.asked
    expect(second).toEqual(first)
    expect(third).toEqual(first)
    expect(await rawLog(storage)).toEqual(first?.records)
    expect((await state.stats()).health).toBe('ok')
    await state.close()
  }
})

test('a second writer fences the first: FENCED, and the store of the first only reads', async () => {
  const { state, storage } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  const { state: second } = await openTiny({ storage })
  await second.task.update('a', { n: 2 })
  expect(await codeOf(state.task.create({ id: 'b' }))).toBe('FENCED')
  expect(await codeOf(state.task.create({ id: 'b' }))).toBe('STORAGE_FAILED')
  expect((await state.task.get('a'))?.n).toBe(1)
  expect((await state.stats()).health).toBe('failed')
  expect(await second.task.count()).toBe(1)
  await Promise.all([state.close(), second.close()])
})

test('a storage that answers with too few pointers is not believed', async () => {
  const storage = faultyStorage({ fates: [], unknown: 'stop' })
  const { openWriter } = storage
  const lying = {
    ...storage,
    async openWriter(owner: string) {
      const { writer, recovery } = await openWriter(owner)
      const append = (...args: Parameters<typeof writer.append>) =>
        writer.append(...args).then((appended) => ({ ...appended, ptrs: [] }))
      return {
        writer: new Proxy(writer, {
          get: (target, key) => (key === 'append' ? append : Reflect.get(target, key)?.bind?.(target)),
        }),
        recovery,
      }
    },
  }
  const { state } = await openTiny({ storage: lying })
  expect(await codeOf(state.task.create({ id: 'a' }))).toBe('UNKNOWN')
  expect(await state.task.get('a')).toBeUndefined()
  expect((await state.stats()).health).toBe('failed')
  await state.close()
})
