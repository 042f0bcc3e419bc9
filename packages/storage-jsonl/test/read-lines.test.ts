import { expect, test } from 'vitest'
import { wholeLines } from '../src/files/chunks.ts'
import { type ReadPlan, readCommits } from '../src/scanning/read-lines.ts'
import { chunksOf, commitLine, fileOf, flippedLine, gapOf, lineOfGap, logHeader, sealedText } from './sealed.ts'

const file = 'log-00000001.jsonl'
const plan: ReadPlan = { file, segment: 1, epoch: 1, next: 1, from: 1, to: 100 }
const header = logHeader(1, 1)

/** What is read, batch by batch: the first seq, how many commits, what is lost before them. */
async function read(bytes: Buffer, changes: Partial<ReadPlan> = {}): Promise<object[]> {
  const found: object[] = []
  for await (const { batch } of readCommits(wholeLines(chunksOf(Buffer.from(bytes))), { ...plan, ...changes })) {
    const { firstSeq, records, lost } = batch
    found.push(lost === undefined ? { firstSeq, commits: records.length } : { firstSeq, lost })
  }
  return found
}

const { sha256: _, ...told } = gapOf(3, 5)

test('a gap is a batch of its own between the commits around it', async () => {
  const bytes = fileOf([header, commitLine(1), commitLine(2), lineOfGap(3, 5), commitLine(6)])
  expect(await read(bytes)).toEqual([
    { firstSeq: 1, commits: 2 },
    { firstSeq: 6, lost: told },
    { firstSeq: 6, commits: 1 },
  ])
  expect(await read(bytes, { from: 4 }), 'whoever begins within it is told too').toMatchObject([
    { firstSeq: 6, lost: { from: 3, to: 5 } },
    { firstSeq: 6, commits: 1 },
  ])
  expect(await read(bytes, { from: 6 }), 'it is behind whoever begins later').toEqual([{ firstSeq: 6, commits: 1 }])
  expect(await read(bytes, { to: 2 }), 'it is before whoever ends earlier').toEqual([{ firstSeq: 1, commits: 2 }])
})

test('what a newer version writes beside the commits is passed over', async () => {
  const strange = sealedText('{"type":"$later","data":{"about":["$gap"]}}', 1)
  const odd = sealedText('{"type":"$gap","data":{}}', 1)
  const dated = sealedText('{"type":"$later","data":"\\"$epoch\\""}', 1)
  const bytes = fileOf([header, commitLine(1), strange, odd, dated, commitLine(2)])
  expect(await read(bytes)).toEqual([{ firstSeq: 1, commits: 2 }])
})

test('holes are read over where retention has made them, and only there', async () => {
  const bytes = fileOf([header, commitLine(2), lineOfGap(4, 5), commitLine(9)])
  expect(await read(bytes, { sparse: true })).toMatchObject([
    { firstSeq: 2, commits: 1 },
    { lost: { from: 4, to: 5 } },
    { firstSeq: 9, commits: 1 },
  ])
})

const start = header.length + 1
const one = commitLine(1)

test.each<[string, Buffer, number, string]>([
  ['a gap that does not follow', fileOf([header, lineOfGap(2, 3)]), start, 'a gap from 2 at 1'],
  ['a commit that does not follow', fileOf([header, commitLine(2)]), start, 'expected seq 1, found 2'],
  ['a changed line', fileOf([header, flippedLine(one, 3)]), start, 'the checksum does not match'],
  ['an end without a line feed', fileOf([header, one]).subarray(0, -1), start, 'the line does not end'],
  ['bytes that are no text', Buffer.concat([fileOf([header]), Buffer.from([0xff, 0x0a])]), 0, 'not UTF-8'],
])('%s stops the reading and is named', async (_name, bytes, byte, reason) => {
  await expect(read(bytes)).rejects.toMatchObject({ file, byte, message: expect.stringContaining(reason) })
})
