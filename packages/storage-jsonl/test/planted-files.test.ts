import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../src/index.ts'
import { append, recordOf } from './records.ts'
import { temporaryDirectory } from './temporary.ts'

const first = 'log-00000001.jsonl'
const beyond4GiB = 4_294_967_297

async function storeOf(commits: number): Promise<string> {
  const dir = temporaryDirectory()
  const { writer } = await jsonlStorage({ dir, ballastBytes: 0 }).openWriter('test')
  for (let index = 1; index <= commits; index++) await append(writer, [recordOf(index)])
  await writer.close()
  return dir
}

/** Names, sizes and times of change of everything in a directory: what is not the same was written to. */
function traces(dir: string): string[] {
  return readdirSync(dir).map((name) => {
    const { size, mtimeMs, ino } = statSync(join(dir, name), { throwIfNoEntry: false }) ?? {
      size: 0,
      mtimeMs: 0,
      ino: 0,
    }
    return `${name} ${size} ${mtimeMs} ${ino}`
  })
}

function holes(path: string): void {
  closeSync(openSync(path, 'a'))
  truncateSync(path, beyond4GiB)
}

async function refusal(dir: string): Promise<Error & { readonly code: string }> {
  const before = traces(dir)
  const error: unknown = await jsonlStorage({ dir })
    .openWriter('test')
    .catch((reason: unknown) => reason)
  expect(traces(dir), 'a refused open changes nothing').toEqual(before)
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return Object.assign(error, { code: error.code })
  throw new Error('it was opened')
}

const links = [
  'LOCK',
  'manifest.json',
  'manifest.prev.json',
  first,
  'log-00000009.jsonl',
  'base-00000009.jsonl',
  'log-00000009.jsonl.tmp',
  'manifest.json.tmp',
  'quarantine',
  'archive',
  'cache',
  'ballast',
]

test.each(links)('a link planted as %s is refused, and not followed', async (name) => {
  const dir = await storeOf(1)
  const victim = temporaryDirectory()
  writeFileSync(join(victim, 'file'), 'precious')
  rmSync(join(dir, name), { force: true })
  const isDirectory = ['quarantine', 'archive', 'cache'].includes(name)
  symlinkSync(isDirectory ? victim : join(victim, 'file'), join(dir, name))
  const before = traces(victim)
  const { code, message } = await refusal(dir)
  expect(code).toBe('INVALID')
  expect(message).toContain(name)
  expect(traces(victim)).toEqual(before)
})

test.each<[string, string, (dir: string) => unknown]>([
  ['a directory as a segment', 'INVALID', (dir) => mkdirSync(join(dir, 'log-00000009.jsonl'))],
  ['a file as the archive', 'INVALID', (dir) => writeFileSync(join(dir, 'archive'), '')],
  ['a directory as LOCK', 'INVALID', (dir) => mkdirSync(join(dir, 'LOCK'))],
  [
    'a copy of a segment under a shorter number',
    'INVALID',
    (dir) => copyFileSync(join(dir, first), join(dir, 'log-1.jsonl')),
  ],
  [
    'a copy of a segment under a longer number',
    'INVALID',
    (dir) => copyFileSync(join(dir, first), join(dir, 'log-000000001.jsonl')),
  ],
  [
    'a base of the number of a segment',
    'INVALID',
    (dir) => copyFileSync(join(dir, first), join(dir, 'base-00000001.jsonl')),
  ],
  [
    'a segment of another log',
    'CORRUPT',
    async (dir) => copyFileSync(join(await storeOf(2), first), join(dir, 'log-00000009.jsonl')),
  ],
  [
    'the first segment of another log',
    'CORRUPT',
    async (dir) => copyFileSync(join(await storeOf(3), first), join(dir, first)),
  ],
  [
    'the manifest of another log',
    'CORRUPT',
    async (dir) => copyFileSync(join(await storeOf(3), 'manifest.json'), join(dir, 'manifest.json')),
  ],
  ['a segment of no bytes', 'CORRUPT', (dir) => truncateSync(join(dir, first), 0)],
])('%s is %s, and nothing is changed', async (_, expected, plant) => {
  const dir = await storeOf(2)
  await plant(dir)
  expect((await refusal(dir)).code).toBe(expected)
})

test('a directory that everybody may write to is refused with what to do about it; that of a group is not', async () => {
  const dir = await storeOf(1)
  chmodSync(dir, 0o777)
  const { code, message } = await refusal(dir)
  expect(code).toBe('INVALID')
  expect(message).toContain('chmod o-w')
  chmodSync(dir, 0o770)
  await (await jsonlStorage({ dir }).openWriter('test')).writer.close()
})

test('files of more than 4 GiB are refused or passed over, and never read into memory', async () => {
  for (const name of [first, 'log-00000009.jsonl']) {
    const dir = await storeOf(2)
    holes(join(dir, name))
    expect((await refusal(dir)).code, name).toBe('CORRUPT')
  }
  for (const name of ['manifest.json', 'LOCK', 'ballast', 'notes.jsonl']) {
    const dir = await storeOf(2)
    rmSync(join(dir, name), { force: true })
    holes(join(dir, name))
    const { writer, recovery } = await jsonlStorage({ dir }).openWriter('test')
    expect(recovery.lastSeq, name).toBe(2)
    await writer.close()
  }
})

test('a plain file of more than 4 GiB without lines is no history', async () => {
  const dir = temporaryDirectory()
  holes(join(dir, 'a.jsonl'))
  expect((await refusal(dir)).code).toBe('CORRUPT')
}, 60_000)

test.each<[string, string]>([
  ['a name too long', `${'x'.repeat(300)}`],
  ['a file on the way', 'file/store'],
])('%s is STORAGE_FAILED, and says what to do', async (_, path) => {
  const dir = temporaryDirectory()
  writeFileSync(join(dir, 'file'), '')
  const error: unknown = await jsonlStorage({ dir: join(dir, path) })
    .openWriter('test')
    .catch((reason: unknown) => reason)
  expect(hasCode(error, 'STORAGE_FAILED') && error.message).toMatch(/choose/)
})
