import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, StatewardError } from '@stateward/contract'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../src/index.ts'
import { append, readAll, recordOf, textOf } from './records.ts'
import { temporaryDirectory } from './temporary.ts'

const plan = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"a","name":"A"}}'
const spec = '{"type":"spec","timestamp":"2024-01-20T10:01:00.000Z","data":{"id":"b","plan_id":"a"}}'
const update =
  '{"type":"update","timestamp":"2024-01-20T10:02:00.000Z","target":"plan","id":"a","changes":{"name":"é"}}'
const removal = '{"type":"delete","timestamp":"2024-01-20T10:03:00.000Z","target":"spec","id":"b"}'

/** Puts these files into a new directory. */
function directoryOf(files: Readonly<Record<string, string | Buffer>>): string {
  const dir = temporaryDirectory()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  return dir
}

function contentsOf(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'latin1')]))
}

/** Opens for writing, expects a refusal, and that not a byte of the directory has changed. */
async function refusal(dir: string): Promise<StatewardError> {
  const before = contentsOf(dir)
  const error: unknown = await jsonlStorage({ dir })
    .openWriter('test')
    .catch((reason: unknown) => reason)
  expect(contentsOf(dir)).toEqual(before)
  if (!(error instanceof StatewardError)) throw new Error('the opening was not refused', { cause: error })
  return error
}

test('plain files are adopted in the order of their names, and never written to', async () => {
  const files = { 'b.jsonl': `${update}\n${removal}\n`, 'a.jsonl': `${plan}\n${spec}\n` }
  const dir = directoryOf(files)
  const storage = jsonlStorage({ dir })
  const reader = await storage.openReader()
  expect(await readAll(reader)).toEqual([plan, spec, update, removal])

  const { writer, recovery } = await storage.openWriter('test')
  expect(recovery).toMatchObject({ created: true, lastSeq: 4, adopted: ['a.jsonl', 'b.jsonl'] })
  const ptrs = await append(writer, [recordOf('new')])
  expect(await readAll(writer)).toEqual([plan, spec, update, removal, textOf(recordOf('new'))])
  expect(await readAll(writer, 3)).toEqual([update, removal, textOf(recordOf('new'))])
  const fetched: string[] = []
  for await (const batch of writer.read(1)) fetched.push(...(await writer.fetch(batch.ptrs)).map(textOf))
  expect(fetched).toEqual(await readAll(writer))
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual([textOf(recordOf('new'))])
  expect(await writer.verify()).toMatchObject({ ok: true, commits: 5, unverified: 4 })
  await writer.close()
  expect(await readAll(reader)).toHaveLength(5)
  await reader.close()

  const again = await storage.openWriter('test')
  expect(again.recovery).toMatchObject({ created: false, lastSeq: 5, adopted: [] })
  await again.writer.close()
  for (const [name, content] of Object.entries(files)) expect(readFileSync(join(dir, name), 'utf8')).toBe(content)
})

test('a byte order mark, carriage returns, blank lines and a last line without its end are taken as they are', async () => {
  const dir = directoryOf({ 'a.jsonl': `\ufeff${plan}\r\n\r\n${spec}\r\n${update}` })
  const { writer, recovery } = await jsonlStorage({ dir }).openWriter('test')
  expect(recovery.lastSeq).toBe(3)
  const ptrs: number[] = []
  for await (const batch of writer.read(1)) ptrs.push(...batch.ptrs)
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual([plan, spec, update])
  expect(await readAll(writer)).toEqual([plan, spec, update])
  await writer.close()
})

test('an empty plain file is adopted as nothing, and stays', async () => {
  const dir = directoryOf({ 'a.jsonl': '', 'b.jsonl': `${plan}\n`, 'c.jsonl': '' })
  for (let times = 0; times < 3; times++) {
    const { writer, recovery } = await jsonlStorage({ dir }).openWriter('test')
    expect(recovery.lastSeq).toBe(1)
    expect(await readAll(writer)).toEqual([plan])
    await writer.close()
  }
  expect(readdirSync(dir).filter((name) => /^[abc]\./.test(name))).toEqual(['a.jsonl', 'b.jsonl', 'c.jsonl'])
})

test('git conflict markers are refused, each with its line', async () => {
  const lines = [plan, '<<<<<<< HEAD', spec, '=======', update, '>>>>>>> theirs', removal]
  const error = await refusal(directoryOf({ 'a.jsonl': `${lines.join('\n')}\n` }))
  expect(error.code).toBe('CORRUPT')
  expect(error.details).toMatchObject({
    damagedLines: 3,
    damage: [2, 4, 6].map((line) => ({ file: 'a.jsonl', line, reason: 'a git conflict marker' })),
  })
  for (const line of [2, 4, 6]) expect(error.message).toContain(`a.jsonl line ${line} `)
})

test.each<[string, string | Buffer, RegExp]>([
  ['no JSON', '{"type":"plan"', /not JSON/],
  ['an array', '[1,2]', /not a JSON object/],
  ['a number', '7', /not a JSON object/],
  ['no type', '{"timestamp":"t","data":{}}', /no type/],
  ['no timestamp', '{"type":"plan","data":{}}', /no timestamp/],
  ['no data', '{"type":"plan","timestamp":"t"}', /no data object/],
  ['data that is no object', '{"type":"plan","timestamp":"t","data":[]}', /no data object/],
  ['an update of nothing', '{"type":"update","timestamp":"t","changes":{}}', /no target/],
  ['an update without changes', '{"type":"update","timestamp":"t","target":"plan","id":"a"}', /no changes/],
  ['a deletion without an id', '{"type":"delete","timestamp":"t","target":"plan"}', /no id/],
  ['a control line', '{"type":"$close","timestamp":"t","data":{}}', /not of the plain format/],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
  ['zeros', Buffer.alloc(30), /not JSON/],
])('a line of %s is refused with its number, and nothing is written', async (_, line, reason) => {
  const content = Buffer.concat([Buffer.from(`${plan}\n`), Buffer.from(line), Buffer.from(`\n${spec}\n`)])
  const { code, details } = await refusal(directoryOf({ 'a.jsonl': content, 'b.jsonl': `${plan}\n` }))
  expect(code).toBe('CORRUPT')
  expect(details.damage).toMatchObject([
    { file: 'a.jsonl', line: 2, byte: plan.length + 1, reason: expect.stringMatching(reason) },
  ])
})

test('bad lines are all counted, and the first twenty named', async () => {
  const { details } = await refusal(directoryOf({ 'a.jsonl': `${plan}\nbad\n`.repeat(30) }))
  expect(details.damagedLines).toBe(30)
  expect(details.damage).toHaveLength(20)
})

test('an adopted file that is changed afterwards is refused', async () => {
  const dir = directoryOf({ 'a.jsonl': `${plan}\n` })
  await (await jsonlStorage({ dir }).openWriter('test')).writer.close()
  writeFileSync(join(dir, 'a.jsonl'), `${plan}\n${spec}\n`)
  expect(await refusal(dir)).toMatchObject({ code: 'CORRUPT', details: { damage: [{ file: 'a.jsonl' }] } })
})

test('history that was adopted stays readable behind a base', async () => {
  const dir = directoryOf({ 'a.jsonl': `${plan}\n${spec}\n` })
  const { writer } = await jsonlStorage({ dir }).openWriter('test')
  await append(writer, [recordOf(3)])
  const ptrs = await writer.saveBase(
    3,
    (async function* () {
      yield { seqs: [3], records: [recordOf('row')] }
    })(),
  )
  await writer.truncate(3)
  expect(readdirSync(join(dir, 'archive'))).toEqual(['log-00000005.jsonl.gz'])
  expect(await readAll(writer)).toEqual([plan, spec, textOf(recordOf(3))])
  expect((await writer.fetch(Array.from(ptrs))).map(textOf)).toEqual([textOf(recordOf('row'))])
  await writer.close()
  expect(readFileSync(join(dir, 'a.jsonl'), 'utf8')).toBe(`${plan}\n${spec}\n`)
})

test('a directory of another program is refused, one that holds only hidden files is not', async () => {
  const foreign = await refusal(directoryOf({ 'package.json': '{}', 'notes.txt': 'hello' }))
  expect(foreign.code).toBe('INVALID')
  expect(foreign.message).toContain('notes.txt')
  const dir = directoryOf({ '.gitignore': '*' })
  await (await jsonlStorage({ dir }).openWriter('test')).writer.close()
})

test('a file where a directory should be is INVALID', async () => {
  const dir = directoryOf({ file: 'content' })
  for (const path of [join(dir, 'file'), join(dir, 'file', 'deeper')]) {
    const opening = jsonlStorage({ dir: path }).openWriter('test')
    await expect(opening).rejects.toSatisfy((error) => hasCode(error, 'INVALID') || hasCode(error, 'STORAGE_FAILED'))
  }
  expect(readdirSync(dir)).toEqual(['file'])
})

test('a manifest that is not ours is not overwritten', async () => {
  const dir = directoryOf({ 'manifest.json': '{"name":"an extension of a browser"}' })
  expect(await refusal(dir)).toMatchObject({ code: 'CORRUPT', details: { damage: [{ file: 'manifest.json' }] } })
  mkdirSync(join(dir, 'archive'))
  expect((await refusal(directoryOf({ 'manifest.prev.json': '{}' }))).code).toBe('CORRUPT')
})
