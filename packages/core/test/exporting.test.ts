import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stateward-export-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('an export is the snapshot as lines, by type and id, with a checksum last', async () => {
  const { state } = await openTiny()
  const rows = Array.from({ length: 1_203 }, (_, n) => ({ id: `t${n}`, n }))
  await state.task.createMany(rows)
  await state.task.update('t5', { n: 99 })
  await using snapshot = await state.snapshot()
  await state.task.delete('t5')
  const path = join(folder, 'state.jsonl')
  const report = await snapshot.export(path)
  const lines = (await readFile(path, 'utf8')).split('\n')
  expect(lines.pop()).toBe('')
  const last = JSON.parse(lines.pop() ?? '')
  const body = `${lines.join('\n')}\n`
  const sha256 = createHash('sha256').update(body).digest('hex')
  expect(last).toEqual({
    type: '$export',
    data: { format: 1, records: 1_203, seq: snapshot.seq, bytes: Buffer.byteLength(body), sha256 },
  })
  expect(report).toEqual({ records: 1_203, bytes: Buffer.byteLength(body), sha256 })
  const ids = lines.map((line) => JSON.parse(line).data.id)
  expect(ids).toEqual(rows.map(({ id }) => id).sort())
  expect(JSON.parse(lines[ids.indexOf('t5')] ?? '')).toMatchObject({ type: 'task', data: { n: 99 }, rev: 2 })
  expect(await codeOf(snapshot.export(path))).toBe('ALREADY_EXISTS')
  expect(await codeOf(snapshot.export(join(folder, 'none', 'state.jsonl')))).toBe('STORAGE_FAILED')
  await state.close()
})
