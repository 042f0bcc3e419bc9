import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileChunks, wholeLines } from '../src/files/chunks.ts'
import { gapLine, headerLine, isControl, parseControl } from '../src/format/control-line.ts'
import { format } from '../src/format/format.ts'
import { sealedLine } from '../src/format/line.ts'
import { nodeDisk } from '../src/index.ts'
import { readCommits } from '../src/scanning/read-lines.ts'
import { scanSegment } from '../src/scanning/scan.ts'
import { recordOf } from './records.ts'
import { temporaryDirectory } from './temporary.ts'

const at = '2026-01-01T00:00:00.000Z'
const gap = { from: 2, to: 4, sha256: 'ab'.repeat(32), report: 'salvage-1' }

test('a gap line names the commits that are missing, and reads back', () => {
  const line = gapLine(gap, at)
  expect(isControl(line)).toBe(true)
  expect(parseControl(line.toString())).toEqual({ type: '$gap', gap })
  expect(JSON.parse(line.toString())).toMatchObject({ type: '$gap', seq: 1 })
})

test('behind a gap line the log goes on with the commit after the gap', async () => {
  const path = join(temporaryDirectory(), 'log-00000001.jsonl')
  const header = headerLine({ format, log: 'l', segment: 1, epoch: 1, kind: 'log', firstSeq: 1 }, at)
  const commits = [1, 5, 6].map((seq) => sealedLine(recordOf(seq), { seq }))
  writeFileSync(path, Buffer.concat([header, ...commits.slice(0, 1), gapLine(gap, at), ...commits.slice(1)]))
  const file = await nodeDisk.open(path, 'read')
  const size = readFileSync(path).length
  expect(await scanSegment(file, 'log-00000001.jsonl', size)).toMatchObject({
    lastSeq: 6,
    goodBytes: size,
    firstBad: undefined,
  })
  const seen: number[] = []
  const lines = wholeLines(fileChunks(file, { from: 0, to: size }))
  const plan = { file: 'log-00000001.jsonl', segment: 1, epoch: 1, next: 1, from: 1, to: 6 }
  const lost: unknown[] = []
  for await (const { batch } of readCommits(lines, plan)) {
    if (batch.lost !== undefined) lost.push({ behind: seen.at(-1), before: batch.firstSeq, ...batch.lost })
    for (const index of batch.records.keys()) seen.push(batch.firstSeq + index)
  }
  expect(seen).toEqual([1, 5, 6])
  expect(lost).toEqual([{ behind: 1, before: 5, from: 2, to: 4, report: 'salvage-1' }])
  await file.close()
})
