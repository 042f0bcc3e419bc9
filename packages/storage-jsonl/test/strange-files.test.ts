import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../src/index.ts'
import { append, readAll, recordOf } from './records.ts'
import { resealed } from './resealed.ts'
import { temporaryDirectory } from './temporary.ts'

const first = 'log-00000001.jsonl'

async function storeOf(commits: number): Promise<string> {
  const dir = temporaryDirectory()
  const { writer } = await jsonlStorage({ dir }).openWriter('test')
  for (let index = 1; index <= commits; index++) await append(writer, [recordOf(index)])
  await writer.close()
  return dir
}

function edit(dir: string, name: string, change: (text: string) => string): void {
  writeFileSync(join(dir, name), change(readFileSync(join(dir, name), 'utf8')))
}

function contentsOf(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'latin1')]))
}

async function codeOfOpening(dir: string): Promise<string> {
  const before = contentsOf(dir)
  const error: unknown = await jsonlStorage({ dir })
    .openWriter('test')
    .catch((reason: unknown) => reason)
  expect(contentsOf(dir), 'a refused open changes nothing').toEqual(before)
  return error instanceof Error && 'code' in error ? String(error.code) : 'opened'
}

test.each<[string, string, string]>([
  ['another major version in the manifest', 'manifest.json', '"major":2'],
  ['an unknown flag in the manifest', 'manifest.json', '"major":1,"minor":0,"incompat":["folded"]'],
  ['another major version in a segment', first, '"major":2'],
  ['an unknown flag in a segment', first, '"major":1,"minor":0,"incompat":["folded"]'],
])('%s is refused as UNSUPPORTED, for writing and for reading', async (_, name, format) => {
  const dir = await storeOf(2)
  const found = format.includes('minor') ? '"major":1,"minor":0,"incompat":[]' : '"major":1'
  edit(dir, name, (text) => resealed(text.replace(found, format)))
  expect(await codeOfOpening(dir)).toBe('UNSUPPORTED')
  if (name === 'manifest.json') {
    await expect(jsonlStorage({ dir }).openReader()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  }
})

test('a higher minor version is read', async () => {
  const dir = await storeOf(2)
  edit(dir, 'manifest.json', (text) => resealed(text.replace('"minor":0', '"minor":7')))
  const { writer, recovery } = await jsonlStorage({ dir }).openWriter('test')
  expect(recovery).toMatchObject({ clean: true, lastSeq: 2 })
  await writer.close()
})

test('a manifest that names files outside of the directory is not followed', async () => {
  for (const name of [
    '../outside',
    '/outside',
    'archive/../../outside',
    'archive/../log-00000001.jsonl',
    'manifest.json',
    'notes.jsonl',
    '..',
    '',
  ]) {
    const dir = await storeOf(1)
    edit(dir, 'manifest.json', (text) =>
      resealed(text.replace('"obsolete":[]', `"obsolete":[${JSON.stringify(name)}]`)),
    )
    rmSync(join(dir, 'manifest.prev.json'))
    // It does not read as a manifest; the log's own headers do.
    const { writer, recovery } = await jsonlStorage({ dir }).openWriter('test')
    expect(recovery.lastSeq).toBe(1)
    await writer.close()
  }
})

test('a lost or damaged manifest is rebuilt from the headers, where they make one chain', async () => {
  const dir = await storeOf(2)
  const storage = jsonlStorage({ dir })
  for (const lose of [
    () => rmSync(join(dir, 'manifest.json')),
    () => edit(dir, 'manifest.json', (text) => text.replace('"epoch"', '"epocX"')),
    () => writeFileSync(join(dir, 'manifest.json'), ''),
  ]) {
    const { writer, recovery } = await storage.openWriter('test')
    const { epoch } = writer
    await append(writer, [recordOf(recovery.lastSeq + 1)])
    await writer.close()
    lose()
    const again = await storage.openWriter('test')
    expect(again.recovery.lastSeq).toBe(recovery.lastSeq + 1)
    expect(again.writer.epoch).toBeGreaterThan(epoch)
    expect(await readAll(again.writer)).toHaveLength(recovery.lastSeq + 1)
    await again.writer.close()
  }
  rmSync(join(dir, 'manifest.json'))
  rmSync(join(dir, first))
  expect(await codeOfOpening(dir)).toBe('CORRUPT')
})

test('segments without a manifest that make no chain, and a manifest without its segments, are refused', async () => {
  const dir = await storeOf(3)
  writeFileSync(join(dir, 'log-00000002.jsonl'), readFileSync(join(dir, first)))
  rmSync(join(dir, 'manifest.json'))
  expect(await codeOfOpening(dir)).toBe('CORRUPT')
  const bare = await storeOf(3)
  rmSync(join(bare, first))
  expect(await codeOfOpening(bare)).toBe('CORRUPT')
  rmSync(join(bare, 'manifest.json'))
  expect(await codeOfOpening(bare)).toBe('CORRUPT')
})

test('a directory that is itself a link is opened where it leads', async () => {
  const dir = await storeOf(1)
  const link = join(temporaryDirectory(), 'link')
  symlinkSync(dir, link)
  const { writer, recovery } = await jsonlStorage({ dir: link }).openWriter('test')
  expect(recovery.lastSeq).toBe(1)
  await expect(jsonlStorage({ dir }).openWriter('test')).rejects.toMatchObject({ code: 'LOCKED' })
  await writer.close()
})

test('an empty segment is no store to lose, a segment of zeros is refused', async () => {
  const dir = await storeOf(1)
  writeFileSync(join(dir, 'log-00000007.jsonl'), '')
  const { writer } = await jsonlStorage({ dir }).openWriter('test')
  await writer.close()
  expect(existsSync(join(dir, 'log-00000007.jsonl'))).toBe(false)
  writeFileSync(join(dir, 'log-00000009.jsonl'), Buffer.alloc(100))
  expect(await codeOfOpening(dir)).toBe('CORRUPT')
})

test('unfinished files of its own are removed, those of others stay', async () => {
  const dir = await storeOf(1)
  for (const name of [
    'log-00000099.jsonl.tmp',
    'base-00000098.jsonl.tmp',
    'manifest.json.tmp',
    'notes.tmp',
    'notes.txt',
  ]) {
    writeFileSync(join(dir, name), 'half')
  }
  mkdirSync(join(dir, 'archive'))
  writeFileSync(join(dir, 'archive', 'log-00000097.jsonl.gz.tmp'), 'half')
  await (await jsonlStorage({ dir }).openWriter('test')).writer.close()
  expect(readdirSync(dir).filter((name) => /notes|tmp/.test(name))).toEqual(['notes.tmp', 'notes.txt'])
  expect(readdirSync(join(dir, 'archive'))).toEqual([])
})

test.each<[string, object]>([
  ['dir', { dir: '' }],
  ['segmentBytes', { dir: 'x', segmentBytes: 1 }],
  ['intervalMs', { dir: 'x', intervalMs: 0 }],
  ['durability', { dir: 'x', durability: 'maybe' }],
  ['retention', { dir: 'x', retention: 'some' }],
  ['lock', { dir: 'x', lock: 'hope' }],
])('an option %s out of its bounds is INVALID at once', (name, options) => {
  // What JavaScript callers may pass.
  expect(() => jsonlStorage(options as { dir: string })).toThrow(
    expect.objectContaining({ code: 'INVALID', message: expect.stringContaining(name) }),
  )
})

test('a file that somebody cuts while it is open is damage, and not a search without end', async () => {
  const dir = await storeOf(0)
  const { writer } = await jsonlStorage({ dir }).openWriter('test')
  const ptrs = await append(writer, [recordOf(1)])
  await append(writer, [recordOf(2)])
  const active = readdirSync(dir).findLast((name) => name.startsWith('log-')) ?? ''
  truncateSync(join(dir, active), statSync(join(dir, active)).size - recordOf(1).length * 2)
  await expect(writer.fetch(ptrs)).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(() => writer.fetchSync?.(ptrs)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  await writer.close().catch(() => undefined)
})
