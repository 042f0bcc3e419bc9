import { boot, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { repairLog, salvageLog } from '../../src/index.ts'
import { append, recordOf } from '../records.ts'
import { resealed } from '../resealed.ts'
import { byteOf, killedLog, linesOf, openingRefused, withLines } from './edited.ts'
import { records, rewrite, served } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

const file = 'log-00000001.jsonl'

/** A gap line behind commit 6, as a salvage writes one. */
function gapLine(from: number, to: number): string {
  const data = JSON.stringify({ from, to, sha256: '0'.repeat(64), report: 'salvage-1' })
  const line = `{"type":"$gap","timestamp":"2026-01-01T00:00:00.000Z","data":${data},"seq":${from - 1}}`
  return resealed(line.replace(/\}$/, ',"crc":"00000000"}'))
}

test('the header of a newer format in the middle of a log is damage: nothing before it is given up', async () => {
  const killed = await killedLog()
  const lines = linesOf(killed)
  const newer = (lines[0] ?? '').replace('"major":1', '"major":9').replace('"seq":0', '"seq":9')
  const medium = withLines(killed, [...lines, resealed(newer)])
  const reason = 'a segment header of format 9.0, where this version reads 1.x'
  expect(await openingRefused(medium)).toMatchObject({
    code: 'CORRUPT',
    damage: [{ file, line: lines.length + 1, byte: byteOf(lines, lines.length), reason }],
  })
  const readonly = await simStorage(boot(medium), { recovery: 'readonly' }).openWriter('reads')
  expect((await served(readonly.writer)).commits.size).toBe(9)
  await readonly.writer.close()
  await salvageLog(careOf(boot(medium)))
  const { writer } = await simStorage(boot(medium)).openWriter('after')
  expect((await served(writer)).commits.size).toBe(9)
})

test('a line that is gone from a log that was being written is not mended, and a repair does not call it whole', async () => {
  const killed = await killedLog()
  const lines = linesOf(killed)
  const medium = withLines(killed, lines.toSpliced(4, 1))
  expect(await openingRefused(medium)).toMatchObject({
    damage: [{ file, line: 5, byte: byteOf(lines, 4), reason: 'expected seq 4, found 5' }],
  })
  for (const dryRun of [true, false])
    expect(await repairLog({ ...careOf(boot(medium)), dryRun })).toMatchObject({
      damagedLines: 1,
      isWhole: false,
      files: [{ file, mended: [], left: [] }],
    })
  await salvageLog(careOf(boot(medium)))
  const { writer } = await simStorage(boot(medium)).openWriter('after')
  const { commits, lost } = await served(writer)
  // Commit 5 changes what commit 4 made, and 6 what 5 made.
  expect([[...commits.keys()], lost]).toEqual([
    [1, 2, 3, 7, 8, 9],
    [4, 5, 6],
  ])
})

test('a log that is another one than its manifest names is not whole after a repair', async () => {
  const killed = await killedLog()
  const lines = linesOf(killed)
  const foreign = resealed((lines[0] ?? '').replace(/"log":"[^"]*"/, '"log":"00000000-0000-4000-8000-000000000000"'))
  const medium = withLines(killed, [foreign, ...lines.slice(1)])
  expect(await openingRefused(medium)).toMatchObject({ code: 'CORRUPT', damage: [{ file, line: 1, byte: 0 }] })
  expect(await repairLog(careOf(boot(medium)))).toMatchObject({ isWhole: false })
})

test('a header behind a first line that does not read is none: nothing of the file is believed', async () => {
  const killed = await killedLog()
  const lines = linesOf(killed)
  const { code, damage } = await openingRefused(withLines(killed, ['{}', ...lines]))
  expect(code).toBe('CORRUPT')
  expect(damage).toMatchObject([
    { line: 1, byte: 0 },
    { line: 2, byte: 3, reason: 'a second segment header' },
  ])
})

test.each<[string, (lines: string[]) => string[], number, string]>([
  ['a second header', (lines) => lines.toSpliced(5, 0, lines[0] ?? ''), 5, 'a second segment header'],
  ['a line twice', (lines) => lines.toSpliced(5, 0, lines[4] ?? ''), 5, 'expected seq 5, found 4'],
  ['a gap that begins too early', (lines) => [...lines, gapLine(9, 12)], 10, 'expected seq 9, found 8'],
  ['a gap that names nothing', (lines) => [...lines, gapLine(12, 10)], 10, 'the gap line names no commits'],
])('%s is damage, named by its line', async (_name, change, line, reason) => {
  const killed = await killedLog()
  const changed = change(linesOf(killed))
  expect(await openingRefused(withLines(killed, changed))).toMatchObject({
    code: 'CORRUPT',
    damage: [{ file, line: line + 1, byte: byteOf(changed, line), reason }],
  })
})

test('an unlisted segment whose end holds commits that the log lacks is not removed for a bad line in it', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { segmentBytes: 4_096 }).openWriter('rotates')
  await append(writer, records)
  const manifest = medium.contents()['/store/manifest.json'] ?? ''
  const path = '/store/log-00000002.jsonl'
  for (let seq = 13; !medium.files().has(path) || seq < 40; seq++) await append(writer, [recordOf(seq, 50)])
  medium.kill()
  // The manifest of before the rotation, and the first commit behind it does not read.
  const older = medium.copy()
  rewrite(older, '/store/manifest.json', Buffer.from(manifest))
  await boot(older).remove('/store/manifest.prev.json')
  const lines = linesOf(older, path)
  const changed = withLines(older, lines.with(1, (lines[1] ?? '').replace('"rev":1', '"rev":2')), path)
  const { code, damage } = await openingRefused(changed)
  expect(code).toBe('CORRUPT')
  expect(damage[0]).toMatchObject({
    file: 'log-00000002.jsonl',
    reason: expect.stringContaining('older than the log'),
  })
})
