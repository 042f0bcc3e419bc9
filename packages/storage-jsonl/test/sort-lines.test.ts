import { expect, test } from 'vitest'
import type { SegmentHeader } from '../src/format/control-line.ts'
import { type SortedLines, type SortOptions, sortLines } from '../src/salvage/sort-lines.ts'
import { DamagedLine } from '../src/scanning/damage.ts'
import { baseHeader, chunksOf, commitLine, fileOf, flippedLine, lineOfGap, logHeader, sealedText } from './sealed.ts'

const isOwn = ({ segment }: SegmentHeader): boolean => segment === 3
const log: SortOptions = { isOwn, kind: 'log', from: 1, to: 100 }
const base: SortOptions = { isOwn, kind: 'base', from: 0, to: 9 }

function sorted(lines: readonly Buffer[], options: SortOptions): Promise<SortedLines> {
  return sortLines(chunksOf(fileOf(lines)), options)
}

/** What was found, without the places of what is good. */
async function found(lines: readonly Buffer[], options: SortOptions): Promise<object> {
  const { good, bad, lastSeq } = await sorted(lines, options)
  return { good: good.map(({ seq }) => seq), bad: bad.map(({ reason }) => reason), lastSeq }
}

const header = logHeader(3, 1)
const row = (seq: number, id: string): Buffer => commitLine(seq, { text: `{"type":"plan","data":{"id":"${id}"}}` })

test.each<[string, readonly Buffer[], SortOptions, object]>([
  ['lines out of order', [header, commitLine(2), commitLine(1)], log, { good: [1, 2], bad: [], lastSeq: 2 }],
  [
    'a line twice',
    [header, commitLine(1), commitLine(1)],
    log,
    { good: [1], bad: ['a second line of seq 1'], lastSeq: 1 },
  ],
  [
    'two lines of one seq',
    [header, commitLine(1), commitLine(1, { text: '{"n":7}' }), commitLine(2)],
    log,
    { good: [2], bad: ['another line of seq 1 stands here', 'another line of seq 1 stands here'], lastSeq: 2 },
  ],
  [
    'commits of another file',
    [header, commitLine(4), commitLine(101)],
    { ...log, from: 5 },
    { good: [], bad: ['seq 4, where 5 to 100 belong', 'seq 101, where 5 to 100 belong'], lastSeq: 4 + 2 },
  ],
  [
    'a header of another file: nothing of it is believed',
    [logHeader(4, 1), commitLine(1)],
    log,
    { good: [], bad: ['a header of another segment'], lastSeq: 0 },
  ],
  [
    'another header further on: nor is anything before it',
    [header, commitLine(1), logHeader(4, 2), commitLine(2)],
    log,
    { good: [], bad: ['a header of another segment'], lastSeq: 0 },
  ],
  [
    'its own header twice',
    [header, commitLine(1), header],
    log,
    { good: [1], bad: ['a second segment header'], lastSeq: 2 },
  ],
  [
    'a gap, and a commit that the gap has given up',
    [header, commitLine(1), lineOfGap(2, 4), commitLine(3), commitLine(5)],
    log,
    { good: [1, 2, 5], bad: [], lastSeq: 5 },
  ],
  [
    'a gap that goes too far',
    [header, commitLine(1), lineOfGap(2, 101)],
    log,
    { good: [1], bad: ['a gap up to 101, where commits up to 100 belong'], lastSeq: 2 },
  ],
  [
    'a gap in a base',
    [baseHeader(3, 9), row(2, 'a'), lineOfGap(3, 4)],
    base,
    { good: [2], bad: ['a gap, where rows of a base belong'], lastSeq: 3 },
  ],
  [
    'a gap that names nothing',
    [header, sealedText('{"type":"$gap"}', 1)],
    log,
    { good: [], bad: ['the gap line names no commits'], lastSeq: 1 },
  ],
  [
    'a control line that speaks of more, and one of another file',
    [header, commitLine(1), sealedText('{"type":"$dur"}', 3), sealedText('{"type":"$dur"}', 300)],
    log,
    { good: [1], bad: [], lastSeq: 3 },
  ],
  [
    'rows of one commit, one of them twice',
    [baseHeader(3, 9), row(2, 'a'), row(2, 'b'), row(2, 'c'), row(2, 'b')],
    base,
    { good: [2, 2, 2], bad: ['a second line of seq 2'], lastSeq: 2 },
  ],
  [
    'a bad line at the end: it may have been two commits',
    [header, commitLine(1), flippedLine(Buffer.concat([commitLine(2), commitLine(3)]), 3)],
    log,
    { good: [1], bad: ['the checksum does not match'], lastSeq: 3 },
  ],
])('%s', async (_name, lines, options, expected) => {
  expect(await found(lines, options)).toEqual(expected)
})

test('an end that was torn off has held nothing; where every byte stands is told', async () => {
  const lines = fileOf([header, commitLine(1)])
  const torn = Buffer.concat([lines, commitLine(2).subarray(0, -3)])
  const { good, bad, lastSeq } = await sortLines(chunksOf(torn.subarray(0, 20), torn.subarray(20)), log)
  expect(good).toMatchObject([{ seq: 1, at: header.length + 1, end: lines.length }])
  expect(bad).toEqual([{ at: lines.length, end: torn.length, reason: 'the line does not end' }])
  expect(lastSeq).toBe(1)
})

test('what an archive no longer gives is one bad place; a disk that fails is no damage', async () => {
  async function* failing(error: Error): AsyncGenerator<Buffer> {
    yield fileOf([header, commitLine(1)])
    throw error
  }
  const { good, bad } = await sortLines(failing(new DamagedLine('archive/log.gz', 77, 'it does not unpack')), log)
  expect(good).toMatchObject([{ seq: 1 }])
  expect(bad).toEqual([{ at: 77, end: 77, reason: 'it does not unpack' }])
  const broken = Object.assign(new Error('broken'), { code: 'EIO' })
  await expect(sortLines(failing(broken), log)).rejects.toBe(broken)
})
