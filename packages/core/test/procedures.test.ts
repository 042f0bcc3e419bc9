import {
  type Command,
  type Domain,
  defineDomain,
  type Projection,
  type ProjectionKind,
  type Question,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { describe, expect, test } from 'vitest'
import { createStateManager, openStateReader, type State } from '../src/index.ts'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { tinyDomain } from './tiny-domain.ts'

/** Sums of `n` by title, of the tasks that are open. */
class Sums implements Projection {
  readonly byTitle = new Map<string, number>()
  #known = new Map<string, { title: string; n: number }>()

  changed(
    _type: string,
    _before: StoredRecord | undefined,
    after: StoredRecord | undefined,
    id = (after ?? _before)?.id ?? '',
  ): void {
    const known = this.#known.get(id)
    if (known !== undefined) this.byTitle.set(known.title, (this.byTitle.get(known.title) ?? 0) - known.n)
    this.#known.delete(id)
    if (after?.state !== 'open') return
    const next = { title: String(after.title), n: Number(after.n) }
    this.#known.set(id, next)
    this.byTitle.set(next.title, (this.byTitle.get(next.title) ?? 0) + next.n)
  }
}

const sums: ProjectionKind<Sums> = {
  name: 'sums',
  types: ['task'],
  seeds: [{ type: 'task', field: 'state', value: 'open' }],
  create: () => new Sums(),
  made: (projection) => projection instanceof Sums,
}

const sum: Question = ({ title }, { projection }) => projection(sums).byTitle.get(String(title)) ?? 0
const titles: Question = ({ ids }, { reader }) =>
  reader.getMany('task', ids as readonly string[]).map((task) => task?.title ?? null)
const children: Question = ({ ids }, { reader }) =>
  reader.referringMany('task', 'parent', ids as readonly string[]).map((tasks) => tasks.map(({ id }) => id).sort())

/** Adds `by` to a counter, which is made when it is not there. */
const add: Command = ({ id, by }, { reader }) => {
  const task = reader.get('task', String(id))
  if (by === 0) return []
  return task === undefined
    ? [{ op: 'create', type: 'task', data: { id: String(id), n: Number(by) } }]
    : [{ op: 'update', type: 'task', id: String(id), changes: { n: Number(task.n) + Number(by) } }]
}
const make: Command = (_, { makeId, timestamp }) => [
  { op: 'create', type: 'plan', data: { id: makeId(), name: timestamp } },
  { op: 'delete', type: 'task', id: 'gone' },
]
const refuse: Command = () => {
  throw new StatewardError('CONFLICT', 'not now')
}
const broken = (): never => {
  throw new TypeError('a bug')
}

const domain: Domain<typeof tinyDomain.entities> = defineDomain(tinyDomain.entities, {
  questions: { sum, titles, children, broken },
  commands: { add, make, refuse, broken, wrong: () => [{ op: 'update', type: 'task', id: 'none', changes: {} }] },
})

const open = (storage = memoryStorage(), cacheBytes?: number): Promise<State<typeof domain>> =>
  createStateManager({ storage, domain, ...(cacheBytes === undefined ? {} : { memory: { cacheBytes } }) })

describe.each([undefined, 1])('a domain can be asked and told more, with a cache of %s bytes', (cacheBytes) => {
  test('a question reads many records of one state', async () => {
    const state = await open(memoryStorage(), cacheBytes)
    await state.task.createMany([
      { id: 'a', title: 'A' },
      { id: 'b', title: 'B', parent: 'a' },
      { id: 'c', parent: 'a' },
    ])
    expect(await state.ask('question', { name: 'titles', body: { ids: ['b', 'x', 'a'] } })).toEqual(['B', null, 'A'])
    expect(await state.ask('question', { name: 'children', body: { ids: ['a', 'b'] } })).toEqual([['b', 'c'], []])
  })

  test('a command decides on top of everything before it, also of what is not durable yet', async () => {
    const storage = gatedStorage()
    const state = await open(storage, cacheBytes)
    const told = [1, 2, 3].map((by) => state.ask('command', { name: 'add', body: { id: 'sum', by } }))
    storage.open()
    const changed = (await Promise.all(told)).map((answer) => answer.changed.map(({ rev, record }) => [rev, record?.n]))
    expect(changed).toEqual([[[1, 1]], [[2, 3]], [[3, 6]]])
    expect(await state.task.get('sum')).toMatchObject({ n: 6, rev: 3 })
  })

  test('a projection is filled with what is there, and hears of everything else', async () => {
    const state = await open(memoryStorage(), cacheBytes)
    await state.task.createMany(
      Array.from({ length: 600 }, (_, at) => ({ id: `t${at}`, title: 'x', n: 1, state: 'open' })),
    )
    const ask = (): Promise<unknown> => state.ask('question', { name: 'sum', body: { title: 'x' } })
    const first = ask()
    await Promise.all([
      state.task.delete('t599'),
      state.task.update('t598', { n: 10 }),
      state.task.update('t0', { state: 'done' }),
      state.task.create({ id: 'late', title: 'x', n: 100, state: 'open' }),
    ])
    await first
    expect(await ask()).toBe(600 - 1 + 9 - 1 + 100)
    await state.task.update('late', { state: 'done' })
    expect(await ask()).toBe(607)
  })

  test('a command told again with its txid is answered again, also after the store was opened again', async () => {
    const storage = memoryStorage()
    const state = await open(storage, cacheBytes)
    await state.task.create({ id: 'gone' })
    const body = { name: 'make', body: {}, txid: 'once' } as const
    const first = await state.ask('command', body)
    expect(first.changed.map(({ type, rev, record }) => [type, rev, record === undefined])).toEqual([
      ['plan', 1, false],
      ['task', 2, true],
    ])
    const [second, third] = await Promise.all([state.ask('command', body), state.ask('command', body)])
    expect([second, third]).toEqual([first, first])
    await state.close()
    const again = await open(storage, cacheBytes)
    expect(await again.ask('command', body)).toEqual(first)
    expect((await again.stats()).commits).toBe(2)
  })
})

test('a command that changes nothing writes nothing', async () => {
  const state = await open()
  await state.task.create({ id: 'a' })
  expect(await state.ask('command', { name: 'add', body: { id: 'a', by: 0 } })).toEqual({ seq: 1, changed: [] })
  expect((await state.stats()).commits).toBe(1)
})

test.each([
  ['command', 'refuse', 'CONFLICT'],
  ['command', 'broken', 'INVALID'],
  ['command', 'wrong', 'NOT_FOUND'],
  ['command', 'ad', 'UNSUPPORTED'],
  ['command', 'constructor', 'UNSUPPORTED'],
  ['question', 'broken', 'INVALID'],
  ['question', 'sun', 'UNSUPPORTED'],
  ['question', '__proto__', 'UNSUPPORTED'],
] as const)('%s %s is refused as %s, and writes nothing', async (kind, name, code) => {
  const state = await open()
  const asked: Promise<unknown> =
    kind === 'command' ? state.ask(kind, { name, body: {} }) : state.ask(kind, { name, body: {} })
  expect(await codeOf(asked)).toBe(code)
  expect((await state.stats()).commits).toBe(0)
})

test.each([null, 'x', [], 5])('a body that is no object is refused: %j', async (body) => {
  const state = await open()
  expect(await codeOf(state.ask('question', { name: 'sum', body: body as never }))).toBe('INVALID')
  expect(await codeOf(state.ask('command', { name: 'add', body: body as never }))).toBe('INVALID')
})

test('who only reads can ask and cannot tell; a snapshot and a transaction can do neither', async () => {
  const storage = memoryStorage()
  const state = await open(storage)
  await state.task.create({ id: 'a', title: 'x', n: 5, state: 'open' })
  const reader = await openStateReader({ storage, domain })
  expect(await reader.ask('question', { name: 'sum', body: { title: 'x' } })).toBe(5)
  expect(await codeOf(reader.ask('command', { name: 'add', body: { id: 'a', by: 1 } }))).toBe('UNSUPPORTED')
})
