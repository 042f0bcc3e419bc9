import { createHash } from 'node:crypto'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, onTestFinished, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { tinyDomain } from './tiny-domain.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'stateward-restore-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** Everything that a store holds, revs aside. */
async function contents(state: TinyState): Promise<unknown> {
  const all = await Promise.all(['plan', 'task', 'link', 'note'].map((type) => state.ask('query', { type })))
  return all.map(({ rows }) => rows.map(({ rev: _, ...record }) => record))
}

/** An export of a store with references forth and back, states that no creation has, and times of their own. */
async function exported(): Promise<{ path: string; state: TinyState; plan: string }> {
  const path = join(await folder(), 'state.jsonl')
  const { state } = await openTiny()
  const plan = await state.plan.create({ name: 'p' })
  await state.plan.update(plan.id, { status: 'open' })
  await state.task.create({ id: 'z', n: 1 })
  await state.task.create({ id: 'a', parent: 'z', plan_id: plan.id, n: 2, created_at: '2001-02-03T04:05:06.000Z' })
  await state.task.update('z', { parent: 'a', title: 'ü "quoted" \u2028' })
  await state.plan.update(plan.id, { status: 'done' })
  await using snapshot = await state.snapshot()
  await snapshot.export(path)
  return { path, state, plan: plan.id }
}

/** An export with these lines and a last line that fits them, but for what is given. */
async function written(lines: readonly unknown[], end: object = {}): Promise<string> {
  const path = join(await folder(), 'made.jsonl')
  const body = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
  const sha256 = createHash('sha256').update(body).digest('hex')
  const data = { format: 1, records: lines.length, seq: 1, bytes: Buffer.byteLength(body), sha256, ...end }
  await writeFile(path, `${body}${JSON.stringify({ type: '$export', data })}\n`)
  return path
}

const timestamp = '2024-01-01T00:00:00.000Z'
const taskLine = (id: string, fields: object = {}): object => ({
  type: 'task',
  timestamp,
  data: { id, ...fields },
  rev: 3,
})

test('a new store holds what was exported, as one commit; again, nothing is to be done', async () => {
  const { path, state } = await exported()
  const { state: other, storage } = await openTiny()
  const restored = await other.restoreSnapshot(path, { actor: 'me' })
  expect(restored).toEqual({ seq: 1, created: 3, replaced: 0, unchanged: 0 })
  expect(await contents(other)).toEqual(await contents(state))
  expect(JSON.parse((await rawLog(storage))[0] ?? '')).toMatchObject({ type: 'tx', actor: 'me' })
  expect(await other.restoreSnapshot(path)).toEqual({ seq: 1, created: 0, replaced: 0, unchanged: 3 })
  await other.close()
  const { state: again } = await openTiny({ storage })
  expect(await contents(again)).toEqual(await contents(state))
  expect((await again.verify()).ok).toBe(true)
  for (const one of [again, state]) await one.close()
})

test('what is there already is refused, or replaced: declared, and all of it or nothing', async () => {
  const { path, state, plan } = await exported()
  const before = await contents(state)
  await state.task.update('a', { n: 77 })
  await state.task.update('z', { title: 'other' })
  await state.task.create({ id: 'new' })
  const { lastSeq } = await state.stats()
  await expect(state.restoreSnapshot(path)).rejects.toMatchObject({
    code: 'ALREADY_EXISTS',
    details: {
      count: 2,
      records: [
        { type: 'task', id: 'a' },
        { type: 'task', id: 'z' },
      ],
    },
  })
  expect((await state.stats()).lastSeq).toBe(lastSeq)
  expect(await state.restoreSnapshot(path, { existing: 'replace' })).toEqual({
    seq: lastSeq + 1,
    created: 0,
    replaced: 2,
    unchanged: 1,
  })
  await state.task.delete('new')
  expect(await contents(state)).toEqual(before)
  expect((await state.task.get('a'))?.rev).toBe(3)
  await state.plan.delete(plan, { cascade: true })
  expect(await state.restoreSnapshot(path)).toMatchObject({ created: 3 })
  expect(await contents(state)).toEqual(before)
  expect((await state.verify()).ok).toBe(true)
  await state.close()
})

test('a restoration can be undone, and is judged by hooks', async () => {
  const path = await written([taskLine('a', { parent: 'z' }), taskLine('z')])
  let isOpen = false
  const beforeCommit = () => (isOpen ? undefined : ({ code: 'RESTRICTED', message: 'not now' } as const))
  const { state: other } = await openTiny({ hooks: { beforeCommit } })
  expect(await codeOf(other.restoreSnapshot(path))).toBe('RESTRICTED')
  isOpen = true
  const { seq } = await other.restoreSnapshot(path)
  await other.undo(seq)
  expect(await contents(other)).toEqual([[], [], [], []])
  await other.close()
})

const refused: readonly [name: string, code: string, make: () => Promise<string>][] = [
  ['a file that is not there', 'NOT_FOUND', async () => join(await folder(), 'none.jsonl')],
  ['a directory', 'INVALID', () => folder()],
  [
    'an empty file',
    'CORRUPT',
    async () => {
      const path = join(await folder(), 'empty')
      await writeFile(path, '')
      return path
    },
  ],
  [
    'one that is too large',
    'TOO_LARGE',
    async () => {
      const path = join(await folder(), 'large')
      await writeFile(path, '')
      await truncate(path, limits.restoreBytes * 2)
      return path
    },
  ],
  [
    'a segment of a log',
    'INVALID',
    async () => {
      const path = join(await folder(), 'segment.jsonl')
      await writeFile(path, '{"type":"$segment","timestamp":"x","data":{},"seq":0,"crc":"0"}\n')
      return path
    },
  ],
  [
    'a table',
    'INVALID',
    async () => {
      const path = join(await folder(), 'table.csv')
      await writeFile(path, 'id,n\na,1\n')
      return path
    },
  ],
  [
    'bytes of no text',
    'INVALID',
    async () => {
      const path = join(await folder(), 'bytes')
      await writeFile(path, Buffer.from([0xff, 0xfe, 0, 10, 0xff]))
      return path
    },
  ],
  ['a newer form', 'UNSUPPORTED', () => written([taskLine('a')], { format: 2 })],
  ['a form that there never was', 'CORRUPT', () => written([taskLine('a')], { format: 0 })],
  ['a count that is not its own', 'CORRUPT', () => written([taskLine('a')], { records: 2 })],
  ['a length that is not its own', 'CORRUPT', () => written([taskLine('a')], { bytes: 3 })],
  ['something more in its last line', 'CORRUPT', () => written([taskLine('a')], { more: 1 })],
  ['a line that is no JSON', 'CORRUPT', () => written([taskLine('a'), '{'])],
  [
    'a line of several changes',
    'CORRUPT',
    () => written([{ type: 'tx', timestamp, data: { ops: [taskLine('a'), taskLine('b')] } }]),
  ],
  ['a deletion', 'CORRUPT', () => written([{ type: 'delete', timestamp, target: 'task', id: 'a', rev: 2 }])],
  ['a record without an id', 'CORRUPT', () => written([{ type: 'task', timestamp, data: {}, rev: 1 }])],
  [
    'a type that the domain does not have',
    'INVALID',
    () => written([taskLine('a'), { ...taskLine('b'), type: 'stranger' }]),
  ],
  ['the position of a cursor', 'INVALID', () => written([{ ...taskLine('b'), type: 'cursor' }])],
  ['a record twice', 'INVALID', () => written([taskLine('a'), taskLine('a', { n: 2 })])],
  ['an id beyond its bound', 'TOO_LARGE', () => written([taskLine('x'.repeat(limits.idChars + 1))])],
  ['a value that the schema refuses', 'INVALID', () => written([taskLine('a', { n: 'one' })])],
  ['a time that is none', 'INVALID', () => written([taskLine('a', { created_at: 'yesterday' })])],
  ['a timestamp that is none', 'INVALID', () => written([{ ...taskLine('a'), timestamp: 'x' }])],
  ['a rev among the data', 'INVALID', () => written([taskLine('a', { rev: 2 })])],
  ['a reference to nothing', 'INVALID_REFERENCE', () => written([taskLine('a', { parent: 'nobody' })])],
  [
    'keys that are none of ours',
    'INVALID',
    () => written([`{"type":"task","timestamp":"${timestamp}","data":{"id":"a","__proto__":{"n":1}},"rev":1}`]),
  ],
]

test.each(refused)('%s is %s, and nothing is written', async (_, code, make) => {
  const path = await make()
  const { state } = await openTiny()
  expect(await codeOf(state.restoreSnapshot(path))).toBe(code)
  expect(await codeOf(state.restoreSnapshot(path, { existing: 'replace' }))).toBe(code)
  expect(await state.stats()).toMatchObject({ lastSeq: 0, records: 0 })
  await state.close()
})

test('a newer form says so before its checksum is looked at', async () => {
  const path = await written([taskLine('a')], { format: 2, sha256: 'of another kind' })
  const { state } = await openTiny()
  await expect(state.restoreSnapshot(path)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    details: { format: 2, known: 1 },
  })
  await state.close()
})

test('an export of more than a commit elsewhere may hold is one commit; a line beyond its bound is none', async () => {
  const text = 'x'.repeat(50_000)
  const many = await written(Array.from({ length: 60 }, (_, n) => taskLine(`t${n}`, { title: text })))
  const { state, storage } = await openTiny({ memory: { cacheBytes: 100_000 } })
  expect(await state.restoreSnapshot(many)).toMatchObject({ seq: 1, created: 60 })
  expect(await rawLog(storage)).toHaveLength(1)
  expect((await state.task.get('t3'))?.title).toBe(text)
  expect((await state.restoreSnapshot(many)).unchanged).toBe(60)
  await state.close()
  const base = memoryStorage()
  const small = { ...base, caps: { ...base.caps, maxRecordBytes: 100_000 } }
  const bounded = await createStateManager({ storage: small, domain: tinyDomain })
  expect(await codeOf(bounded.restoreSnapshot(many))).toBe('TOO_LARGE')
  expect((await bounded.stats()).lastSeq).toBe(0)
  await bounded.close()
})

test('a storage that fails under it, a signal, a store that is closed: coded, and nothing half done', async () => {
  const { path, state } = await exported()
  await state.close()
  expect(await codeOf(state.restoreSnapshot(path))).toBe('CLOSED')
  const storage = faultyStorage({
    fates: [{ fails: Object.assign(new Error('full'), { code: 'FULL' }) }],
    unknown: 'stop',
  })
  const { state: other } = await openTiny({ storage })
  expect(await codeOf(other.restoreSnapshot(path, { signal: AbortSignal.abort() }))).toBe('ABORTED')
  expect(await codeOf(other.restoreSnapshot(path, { timeoutMs: 0 }))).toBe('TIMEOUT')
  expect(await codeOf(other.restoreSnapshot(path))).not.toBe('none')
  expect(await contents(other)).toEqual([[], [], [], []])
  await other.close()
})

test.each([
  ['' as unknown, {}],
  [1, {}],
  ['x', null],
  ['x', { existing: 'merge' }],
  ['x', { replace: true }],
  ['x', { txid: 'x' }],
  ['x', { actor: '' }],
])('restoreSnapshot(%j, %j) is INVALID', async (path, options) => {
  const { state } = await openTiny()
  expect(await codeOf(state.restoreSnapshot(path as never, options as never))).toBe('INVALID')
  await state.close()
})

test('what was exported while nothing was there restores nothing', async () => {
  const path = await written([])
  const { state } = await openTiny()
  expect(await state.restoreSnapshot(path)).toEqual({ seq: 0, created: 0, replaced: 0, unchanged: 0 })
  await state.close()
})
