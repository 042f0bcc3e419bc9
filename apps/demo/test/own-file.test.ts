import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openDemoState } from '../src/demo-state.ts'
import { inputFrom } from '../src/input.ts'
import { createRecords, inspectFile, layBeside } from '../src/own-file.ts'
import { changedOwn, countOwn, noteOwnRecords } from '../src/own-records.ts'
import { freshFolder } from './run-demo.ts'

function fileOf(name: string, text: string | Uint8Array): string {
  const path = join(freshFolder(), name)
  writeFileSync(path, text)
  return path
}

describe('a path', () => {
  test('none is a fresh directory, a directory is used, a file is taken into a fresh one', () => {
    const folder = freshFolder()
    const fresh = inputFrom(undefined, folder, folder)
    expect([statSync(fresh.dir).isDirectory(), fresh.file]).toEqual([true, undefined])
    expect(inputFrom('new/store', folder)).toEqual({ dir: join(folder, 'new/store'), file: undefined })
    const file = fileOf('mine.jsonl', '{}\n')
    const taken = inputFrom(file, folder, folder)
    expect(taken.file).toBe(file)
    expect(taken.dir).toContain('stateward-demo-mine-')
    expect(inputFrom(join(file, '..'), folder, folder).file).toBeUndefined()
  })

  test('a directory of other things, or a file that is not there', () => {
    const folder = freshFolder()
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'other', 'holiday.png'), '')
    expect(() => inputFrom('other', folder)).toThrow('a directory of other things')
    expect(() => inputFrom('absent.jsonl', folder)).toThrow('found none')
    expect(readdirSync(folder)).toEqual(['other'])
  })
})

describe('a file', () => {
  const line = (rest: object): string => JSON.stringify({ timestamp: '2024-01-20T10:00:00.000Z', ...rest })

  test('in the form of the log is adopted as history, and not touched', async () => {
    const lines = [
      line({ type: '$segment', data: {} }),
      line({ type: 'issue', data: { id: 'a', title: 'A' } }),
      line({ type: 'update', target: 'issue', id: 'a', changes: { title: 'B' } }),
      line({ type: 'tx', data: { ops: [{ type: 'note', data: { id: 'n' } }] } }),
      line({ type: 'issue', data: { id: 'b', title: 'C' } }),
      line({ type: 'delete', target: 'issue', id: 'b' }),
    ]
    const path = fileOf('old.jsonl', lines.join('\n'))
    const file = await inspectFile(path)
    expect(file).toMatchObject({ form: 'log', lines: 6, types: ['issue', 'note'] })
    const dir = freshFolder()
    await layBeside(file, dir)
    const state = await openDemoState(dir, file.types)
    expect(await state.ask('query', { type: 'issue' })).toMatchObject({ rows: [{ id: 'a', title: 'B', rev: 2 }] })
    expect(await state.ask('count', { type: 'note' })).toBe(1)
    const own = await noteOwnRecords(state)
    expect(countOwn(own)).toBe(2)
    expect(await changedOwn(state, own)).toEqual([])
    await state.ask('update', { type: 'issue', id: 'a', changes: { title: 'D' } })
    await state.ask('delete', { type: 'note', id: 'n' })
    expect(await changedOwn(state, own)).toEqual(['issue a: was rev 2, found 3', 'note n: was rev 1, found nothing'])
    await state.close()
    expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'))
  })

  test('of anything else is refused, with the lines', async () => {
    const bad = fileOf('bad.jsonl', '{"id":"a"}\n<<<<<<< HEAD\n{"id":"b"}\n=======\n[1]\n')
    await expect(inspectFile(bad)).rejects.toThrow('on 3 of 5 lines: 2, 4, 5')
    await expect(inspectFile(fileOf('empty.jsonl', '\n'))).rejects.toThrow('found none')
    const twice = await inspectFile(fileOf('twice.jsonl', '{"id":"a"}\n{"id":"a"}\n'))
    const state = await openDemoState(freshFolder(), twice.types)
    await expect(createRecords(twice, state)).rejects.toThrow('found a on lines 1 and 2')
    await state.close()
  })

  test('gives its type a name that a type may have', async () => {
    for (const [name, type] of [
      ['issues.jsonl', 'issues'],
      ['my-data.v2.jsonl', 'my_data'],
      ['2024.jsonl', 'record'],
      ['plan.jsonl', 'record'],
    ] as const) {
      expect((await inspectFile(fileOf(name, '{}'))).types).toEqual([type])
    }
  })

  const issues = new URL('../../../../shared/data/issues.jsonl.gz', import.meta.url)

  test.skipIf(!existsSync(issues))('of 5 722 real records', async () => {
    const file = await inspectFile(fileOf('issues.jsonl', gunzipSync(readFileSync(issues))))
    const state = await openDemoState(freshFolder(), file.types)
    await createRecords(file, state)
    expect(await state.ask('count', { type: 'issues' })).toBe(5_722)
    await state.close()
  })
})
