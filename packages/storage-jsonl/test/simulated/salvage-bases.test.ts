import { boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { salvageLog } from '../../src/index.ts'
import { append, textOf } from '../records.ts'
import { byteOf, killedLog, linesOf, refusalOf, withLines } from './edited.ts'
import { first, records, rewrite, served, stamp } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

const row = (id: string, n: number, rev: number): string =>
  `{"type":"plan",${stamp},"data":{"id":"${id}","n":${n}},"rev":${rev}}`

/** The state after commits 4 and 8. */
const rowsAt: Readonly<Record<4 | 8, readonly (readonly [number, string])[]>> = {
  4: [
    [2, row('b', 0, 1)],
    [3, row('c', 0, 1)],
    [4, row('a', 1, 2)],
  ],
  8: [
    [3, row('c', 0, 1)],
    [6, row('b', 3, 3)],
    [8, row('a', 5, 5)],
  ],
}

async function* chunkOf(upTo: 4 | 8): AsyncGenerator<BaseChunk> {
  yield { seqs: rowsAt[upTo].map(([seq]) => seq), records: rowsAt[upTo].map(([, text]) => Buffer.from(text)) }
}

/** Twelve commits, and bases of the state after commits 4 and 8. */
async function twoBases(): Promise<{ medium: SimMedium; older: string; newer: string }> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  await append(writer, records.slice(0, 4))
  await writer.saveBase(4, chunkOf(4))
  await append(writer, records.slice(4, 8))
  await writer.saveBase(8, chunkOf(8))
  await append(writer, records.slice(8))
  await writer.close()
  const [older = '', newer = ''] = [...medium.files().keys()].filter((name) => name.includes('/base-')).sort()
  return { medium: medium.copy(), older, newer }
}

/** Changes a byte of the line of this kind of file that holds the text. */
function rotLine(medium: SimMedium, kind: string, text: string): void {
  const [path = ''] = [...medium.files()].find(([name, file]) => name.includes(kind) && file.bytes.includes(text)) ?? []
  const lines = linesOf(medium, path)
  medium.file(path).rot(
    byteOf(
      lines,
      lines.findIndex((line) => line.includes(text)),
    ) + 20,
    0,
  )
}

async function salvaged(medium: SimMedium): Promise<LogWriter> {
  const { writer } = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
  expect(await writer.verify()).toMatchObject({ ok: true })
  return writer
}

async function rowsOf(writer: LogWriter): Promise<{ upTo: number; rows: string[] } | undefined> {
  const base = await writer.loadBase()
  if (base === undefined) return undefined
  const rows: string[] = []
  for await (const chunk of base.chunks) rows.push(...chunk.records.map(textOf))
  return { upTo: base.upTo, rows }
}

const texts = (upTo: 4 | 8): string[] => rowsAt[upTo].map(([, text]) => text)

test('a base that a newer one has replaced is let go of where it is damaged, and nothing is lost', async () => {
  const { medium, older } = await twoBases()
  medium.file(older).rot(medium.file(older).size - 30, 0)
  const { notes, lost, files } = await salvageLog({ ...careOf(boot(medium)), dryRun: true })
  expect(notes).toEqual(['A base that a newer one has replaced is damaged, and is not needed.'])
  expect(lost).toEqual([])
  expect(files).toMatchObject([{ file: older.replace('/store/', ''), kept: 0 }])
  const writer = await salvaged(medium)
  expect(await rowsOf(writer)).toEqual({ upTo: 8, rows: texts(8) })
  expect((await served(writer)).lost).toEqual([])
})

test('for a damaged base an older one stands in, where the history behind that one is whole', async () => {
  const { medium, newer } = await twoBases()
  medium.file(newer).rot(medium.file(newer).size - 30, 0)
  const { notes } = await salvageLog({ ...careOf(boot(medium)), dryRun: true })
  expect(notes).toEqual([
    expect.stringContaining('the base up to 4, and the history behind it, tells all that it held'),
  ])
  const writer = await salvaged(medium)
  expect(await rowsOf(writer)).toEqual({ upTo: 4, rows: texts(4) })
  expect(await served(writer)).toMatchObject({ commits: new Map(records.map((one, at) => [at + 1, textOf(one)])) })
})

test('where it is not, the rows that read stay, and those that may have stood in the others are told as lost', async () => {
  const { medium, newer } = await twoBases()
  const lines = linesOf(medium, newer)
  // The last row and a commit that would tell the same.
  medium.file(newer).rot(byteOf(lines, 3) + 20, 0)
  rotLine(medium, 'log-', '"seq":6')
  const writer = await salvaged(medium)
  expect(await rowsOf(writer)).toEqual({ upTo: 8, rows: texts(8).slice(0, 2) })
  expect((await writer.stats()).lost?.map(({ from, to }) => [from, to])).toEqual([
    [6, 6],
    [6, 8],
  ])
})

test('of a base without a row that reads every commit may be one that is lost', async () => {
  const { medium, newer, older } = await twoBases()
  await boot(medium).remove(older)
  const lines = linesOf(medium, newer)
  for (const line of [1, 2, 3]) medium.file(newer).rot(byteOf(lines, line) + 20, 0)
  rotLine(medium, 'log-', '"seq":2')
  const writer = await salvaged(medium)
  expect(await rowsOf(writer)).toEqual({ upTo: 8, rows: [] })
  expect((await writer.stats()).lost?.at(-1)).toMatchObject({ from: 1, to: 8 })
})

test('a row that stands there twice is one row', async () => {
  const { medium, newer } = await twoBases()
  const lines = linesOf(medium, newer)
  const doubled = withLines(medium, lines.toSpliced(2, 0, lines[2] ?? ''), newer)
  rotLine(doubled, 'log-', '"seq":6')
  const writer = await salvaged(doubled)
  expect(await rowsOf(writer)).toEqual({ upTo: 8, rows: texts(8) })
})

test('what a former salvage has given up stays given up, and what rests on it too', async () => {
  const medium = await killedLog()
  medium.file(first).rot(byteOf(linesOf(medium), 2) + 20, 0)
  const once = await salvaged(medium)
  expect((await served(once)).lost).toEqual([2, 5, 6])
  await once.close()
  const again = medium.copy()
  rotLine(again, '/store/log-', '"seq":4')
  const writer = await salvaged(again)
  const { commits, lost } = await served(writer)
  expect(lost).toEqual([2, 4, 5, 6])
  expect([...commits.keys()]).toEqual([1, 3, 7, 8, 9])
  expect((await writer.stats()).lost).toHaveLength(3)
})

test('a manifest that is older than its log is no case for a salvage', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { segmentBytes: 4_096 }).openWriter('rotates')
  await append(writer, records)
  const manifest = medium.contents()['/store/manifest.json'] ?? ''
  while (!medium.files().has('/store/log-00000002.jsonl'))
    await append(writer, [Buffer.from(`{"filler":"${'x'.repeat(500)}"}`)])
  await append(writer, records.slice(0, 1))
  medium.kill()
  const older = medium.copy()
  rewrite(older, '/store/manifest.json', Buffer.from(manifest))
  expect(await refusalOf(older, () => salvageLog(careOf(boot(older))))).toMatchObject({
    code: 'CORRUPT',
    message: expect.stringContaining('Put the manifest of these files in its place'),
  })
})
