import { gzipSync } from 'node:zlib'
import { boot, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { epochLine } from '../../src/format/control-line.ts'
import { checksum, hex8 } from '../../src/format/crc.ts'
import type { ArchiveEntry, LogEntry } from '../../src/format/manifest.ts'
import { type KeptLines, keptLines, newestOf } from '../../src/maintenance/archive-lines.ts'
import { commitLine, fileOf, flippedLine, lineOfGap, logHeader, sealedText } from '../sealed.ts'

const at = (day: number): string => `2026-01-0${day}T00:00:00.000Z`
const noted = (seq: number, day: number): Buffer =>
  commitLine(seq, { text: `{"type":"note","timestamp":"${at(day)}","data":{"id":"n${seq}"}}` })

const checkpoint = async (): Promise<void> => {}

/** A complete segment as the manifest lists it. */
function logEntry(content: Buffer, changes: Partial<LogEntry> = {}): LogEntry {
  const sums = { bytes: content.length, crc: hex8(checksum(content)) }
  return { kind: 'log', file: 'log-00000001.jsonl', segment: 1, epoch: 1, firstSeq: 1, lastSeq: 9, ...sums, ...changes }
}

function archiveEntry(content: Buffer, changes: Partial<ArchiveEntry> = {}): ArchiveEntry {
  const { bytes, crc } = logEntry(content)
  const packedBytes = gzipSync(content).length
  const file = 'archive/log-00000001.jsonl.gz'
  return { kind: 'archive', file, segment: 1, epoch: 1, firstSeq: 1, lastSeq: 9, bytes, crc, packedBytes, ...changes }
}

async function planted(content: Buffer): Promise<ReturnType<typeof boot>> {
  const medium = new SimMedium()
  const disk = boot(medium)
  await disk.makeDirectory('/store')
  await disk.makeDirectory('/store/archive')
  medium.plant('/store/log-00000001.jsonl', content)
  medium.plant('/store/archive/log-00000001.jsonl.gz', gzipSync(content))
  return disk
}

async function kept(
  content: Buffer,
  entry: LogEntry | ArchiveEntry,
  keeps: (line: Buffer) => boolean = () => true,
): Promise<KeptLines[]> {
  const found: KeptLines[] = []
  const options = { dir: '/store', sources: [entry], keeps, checkpoint }
  for await (const piece of keptLines(await planted(content), options)) found.push(piece)
  return found
}

const header = logHeader(1, 1)

test('commits and gaps stay, control lines go; pieces are of one epoch and know the latest time so far', async () => {
  const epoch = epochLine({ seq: 5, epoch: 4 }, at(1)).subarray(0, -1)
  const close = sealedText('{"type":"$close","data":{}}', 6)
  const content = fileOf([header, noted(1, 3), lineOfGap(2, 4), noted(5, 2), epoch, noted(6, 4), close])
  for (const entry of [logEntry(content), archiveEntry(content)])
    expect(await kept(content, entry)).toEqual([
      expect.objectContaining({
        bytes: fileOf([noted(1, 3), lineOfGap(2, 4), noted(5, 2)]),
        firstSeq: 1,
        lastSeq: 5,
        epoch: 1,
        hasHoles: false,
      }),
      expect.objectContaining({ bytes: fileOf([noted(6, 4)]), firstSeq: 6, lastSeq: 6, epoch: 4, hasHoles: false }),
    ])
  const disk = await planted(content)
  const options = { dir: '/store', checkpoint, before: '' }
  const newest = await newestOf(disk, { ...options, entry: logEntry(content) })
  expect(newest).toContain('2026-01-04')
  expect(await newestOf(disk, { ...options, entry: logEntry(content), before: '9' })).toBe('9')
  expect(await newestOf(disk, { ...options, entry: archiveEntry(content, { newest: '8' }), before: '7' })).toBe('8')
  expect(await newestOf(disk, { ...options, entry: archiveEntry(content, { newest: '6' }), before: '7' })).toBe('7')
})

test('a line that bears no time counts as no later than those before it', async () => {
  const content = fileOf([header, commitLine(1), noted(2, 1), commitLine(3)])
  expect((await kept(content, logEntry(content))).at(-1)?.newest).toContain('2026-01-01')
  const timeless = fileOf([header, commitLine(1), sealedText('{"timestamp":"soon"}', 2)])
  expect((await kept(timeless, logEntry(timeless))).at(-1)?.newest).toBe('')
})

test('holes are told, whether they are new or were there before', async () => {
  const content = fileOf([header, noted(1, 1), noted(2, 1)])
  const second = (line: Buffer): boolean => line.includes('"n2"')
  expect(await kept(content, logEntry(content), second)).toMatchObject([{ firstSeq: 2, hasHoles: true }])
  expect(await kept(content, archiveEntry(content, { sparse: true }))).toMatchObject([{ hasHoles: true }])
  expect(await kept(content, logEntry(content), () => false)).toEqual([])
})

const content = fileOf([header, noted(1, 1), noted(2, 1)])
const second = fileOf([header, noted(1, 1)]).length

test.each<[string, Buffer, object]>([
  [
    'a line that was changed',
    fileOf([header, noted(1, 1), flippedLine(noted(2, 1), 40)]),
    { line: 3, byte: second, reason: 'the checksum does not match' },
  ],
  ['an end that is gone', content.subarray(0, -3), { line: 3, byte: second, reason: 'the line does not end' }],
  [
    'a control line that says nothing',
    fileOf([header, noted(1, 1), sealedText('{"type":"$gap"}', 1)]),
    { line: 3, byte: second, reason: 'the gap line names no commits' },
  ],
  [
    'other lines than the listed ones',
    fileOf([header, noted(1, 1), noted(2, 3)]),
    { line: 1, byte: 0, reason: expect.stringContaining(`the manifest lists ${content.length}`) },
  ],
])('nothing is archived of a source with %s', async (_name, changed, damage) => {
  const file = 'log-00000001.jsonl'
  await expect(kept(changed, logEntry(content))).rejects.toMatchObject({
    code: 'CORRUPT',
    details: { damage: [{ file, ...damage }] },
  })
})

test('an archive that does not unpack is CORRUPT; a file that is not there stays the error of the disk', async () => {
  const entry = archiveEntry(content)
  const cut = kept(content, { ...entry, packedBytes: entry.packedBytes - 9 })
  await expect(cut).rejects.toMatchObject({ code: 'CORRUPT', details: { damage: [{ file: entry.file }] } })
  await expect(kept(content, logEntry(content, { file: 'log-00000007.jsonl' }))).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
