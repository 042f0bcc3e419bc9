import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { answerOf, freshFolder, freshStore, run } from './run-stateward.ts'
import { bytesOf } from './store-bytes.ts'

describe('init', () => {
  test('makes a store, and leaves one that is there as it is', async () => {
    const folder = freshFolder()
    expect(await run(folder, ['init'])).toMatchObject({ code: 0, out: 'made a store in ./.stateward\n' })
    await run(folder, ['create', 'plan', 'name=P'])
    const again = await run(folder, ['init'])
    expect(again).toMatchObject({
      code: 0,
      out: './.stateward holds a store already, with 1 commits; nothing was changed\n',
    })
    expect((await run(folder, ['init', '--dir', 'a/b', '--json'])).json()).toEqual([
      { dir: join(folder, 'a/b'), created: true, adopted: [], lastSeq: 0 },
    ])
  })

  test('--dir before --dir after, and the environment', async () => {
    const folder = freshFolder()
    await run(folder, ['--dir', 'one', 'init'])
    await run(folder, ['create', 'plan', 'name=P', '--dir', 'one'])
    expect((await run(folder, ['list', 'plan'], { env: { STATEWARD_DIR: 'one' } })).out).toContain('P')
    expect((await run(folder, ['list', 'plan', '-d', 'two'], { env: { STATEWARD_DIR: 'one' } })).code).toBe(1)
  })

  test('adopts plain lines in the form of the specification', async () => {
    const folder = freshFolder()
    const id = '01900000-0000-7000-8000-000000000001'
    const lines = [
      { type: 'plan', timestamp: '2024-01-20T10:00:00.000Z', data: { id, name: 'Old', status: 'draft' } },
      { type: 'update', timestamp: '2024-01-20T10:02:00.000Z', target: 'plan', id, changes: { name: 'Older' } },
    ]
    mkdirSync(join(folder, 'old'))
    writeFileSync(join(folder, 'old', 'state.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    expect((await run(folder, ['list', 'plan', '--dir', 'old'])).out).toContain('Older')
    const made = await run(folder, ['init', '--dir', 'old'])
    expect(made).toMatchObject({ code: 0, out: 'made a store in old, over 2 lines that were there\n' })
    expect(made.err).toContain('state.jsonl')
    const checked = await run(folder, ['verify', '--dir', 'old'])
    expect(checked.out).toContain('2 commits came from plain files')
  })
})

describe('stats, verify, compact', () => {
  test('numbers for people and for programs', async () => {
    const { sw } = await freshStore()
    const { id } = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    await sw('update', 'plan', id, 'name=Q')
    expect(await answerOf(sw('stats', '--json'))).toMatchObject({ records: 1, commits: 2, firstSeq: 1, lastSeq: 2 })
    const { out } = await sw('stats')
    expect(out).toMatch(/^directory {2}\.\/\.stateward\nrecords {4}1 {2}plan 1 · spec 0/)
    expect(out).toContain('commits    2  seq 1 … 2\n')
    const checked = await sw('verify')
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(checked.out).toMatch(/^ok {2}2 commits, .*\n {4}1 record read back, \d+ indexes equal to a full scan\n$/)
    expect(await answerOf(sw('verify', '--json'))).toMatchObject({ ok: true, records: 1 })
  })

  test('compaction keeps everything, and its dry run writes nothing', async () => {
    const { folder, sw } = await freshStore()
    const { id } = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    for (let at = 0; at < 5; at++) await sw('update', 'plan', id, `name=${at}`)
    const before = bytesOf(folder)
    expect((await sw('compact', '--dry-run')).out).toMatch(
      /^dry run: a base of 1 record \(\d+ B\) up to seq 6 would be written/,
    )
    expect(await answerOf(sw('compact', '--dry-run', '--json'))).toMatchObject({ dryRun: true, upTo: 6, records: 1 })
    expect(bytesOf(folder)).toEqual(before)
    expect((await sw('compact')).out).toMatch(/^compacted up to seq 6: 1 record in the base; /)
    expect(await answerOf(sw('get', 'plan', id, '--json'))).toMatchObject({ name: '4', rev: 6 })
    expect((await sw('history', 'plan', id, '--json')).json()).toHaveLength(6)
    expect((await sw('verify')).code).toBe(0)
  })

  test('whatever only looks leaves the directory byte for byte as it was', async () => {
    const { folder, sw } = await freshStore()
    const { id } = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    const before = bytesOf(folder)
    const looks = [
      ['get', 'plan', id],
      ['list', 'plan'],
      ['query', '{"type":"plan"}'],
      ['history', 'plan', id],
      ['tail'],
      ['stats'],
      ['verify'],
      ['export'],
      ['create', 'plan', 'name=Q', '--dry-run'],
      ['update', 'plan', id, 'name=Q', '--dry-run'],
      ['delete', 'plan', id, '--cascade', '--dry-run'],
      ['compact', '--dry-run'],
    ]
    for (const look of looks) expect({ look, code: (await sw(...look)).code }).toEqual({ look, code: 0 })
    expect(bytesOf(folder)).toEqual(before)
  })
})
