import { expect, test } from 'vitest'
import { mendLines, type Surroundings } from '../src/repair/mend-lines.ts'
import { mendSegment } from '../src/repair/mend-segment.ts'
import { baseHeader, chunksOf, commitLine, fileOf, flippedLine, lineOfGap, logHeader, sealedText } from './sealed.ts'

const inLog: Surroundings = { isBase: false, before: 4, behind: 6, isHeader: undefined }
const inBase: Surroundings = { isBase: true, before: 4, behind: 9, isHeader: undefined }
const atStart = (segment: number): Surroundings => ({
  isBase: false,
  before: 0,
  behind: 1,
  isHeader: (control) => control.type === '$segment' && control.header.segment === segment,
})

const bad = (line: Buffer): Buffer => flippedLine(line, 3)
const glued = (...lines: readonly Buffer[]): Buffer => Buffer.concat(lines)

test.each<[string, readonly Buffer[], Surroundings, readonly Buffer[] | undefined]>([
  ['a flipped bit', [bad(commitLine(5))], inLog, [commitLine(5)]],
  ['a flipped bit of the last line', [bad(commitLine(5))], { ...inLog, behind: undefined }, [commitLine(5)]],
  ['a commit that stands elsewhere', [bad(commitLine(7))], inLog, undefined],
  ['too few commits', [bad(commitLine(5))], { ...inLog, behind: 8 }, undefined],
  ['a lost line feed', [glued(commitLine(5), commitLine(6))], { ...inLog, behind: 7 }, [commitLine(5), commitLine(6)]],
  ['an empty line that came in', [Buffer.alloc(0), bad(commitLine(5))], inLog, [commitLine(5)]],
  ['a gap that follows', [bad(lineOfGap(5, 8))], { ...inLog, behind: 9 }, [lineOfGap(5, 8)]],
  ['a gap that does not', [bad(lineOfGap(6, 8))], { ...inLog, behind: 9 }, undefined],
  ['a gap that names nothing', [bad(sealedText('{"type":"$gap","data":{}}', 4))], inLog, undefined],
  ['the header of the file', [bad(logHeader(3, 1))], atStart(3), [logHeader(3, 1)]],
  ['the header of another file', [bad(logHeader(4, 1))], atStart(3), undefined],
  ['a second header', [bad(logHeader(3, 1))], { ...inLog, behind: 5 }, undefined],
  ['a commit where the header belongs', [bad(commitLine(1))], { ...atStart(3), behind: 2 }, undefined],
  ['a gap where the header belongs', [bad(lineOfGap(1, 2))], { ...atStart(3), behind: 3 }, undefined],
  ['nothing where the header belongs', [Buffer.alloc(0)], atStart(3), undefined],
  ['rows of a base with holes', [bad(commitLine(6)), bad(commitLine(9))], inBase, [commitLine(6), commitLine(9)]],
  ['rows of one commit', [bad(commitLine(4)), bad(commitLine(4))], inBase, [commitLine(4), commitLine(4)]],
  ['a row that comes too early', [bad(commitLine(3))], inBase, undefined],
  ['a row that comes too late', [bad(commitLine(11))], inBase, undefined],
])('what a run of bad lines was: %s', (_name, lines, around, expected) => {
  expect(mendLines(lines, around)).toEqual(expected)
})

test('a line that a line feed came into is one again; one whose middle may be either is left alone', () => {
  const line = commitLine(5, { text: '{"name":"\\u0041b c"}' })
  for (const at of [1, 9, line.length - 3]) {
    expect(mendLines([line.subarray(0, at), line.subarray(at)], inLog)).toEqual([line])
    expect(mendLines([line.subarray(0, at), line.subarray(at + 1)], inLog)).toEqual(
      line[at] === undefined || [...Array(8).keys()].every((bit) => line[at] !== (0x0a ^ (1 << bit)))
        ? undefined
        : [line],
    )
  }
})

test('a long run is mended; one that is too long to be sure of is left as it is', () => {
  const run = Array.from({ length: 10_001 }, (_, at) => commitLine(at + 5))
  const found = mendLines(run.slice(0, 10_000), { ...inLog, behind: 10_005 })
  expect(Buffer.concat(found ?? []).equals(Buffer.concat(run.slice(0, 10_000)))).toBe(true)
  expect(mendLines(run, { ...inLog, behind: 10_006 })).toBeUndefined()
})

async function mended(lines: Buffer, isBase: boolean): Promise<{ bytes: Buffer; places: readonly object[] }> {
  const written: Buffer[] = []
  const places = await mendSegment(chunksOf(lines), {
    isBase,
    before: 0,
    isHeader: (control) => control.type === '$segment' && control.header.segment === 3,
    write: async (bytes) => void written.push(bytes),
  })
  return { bytes: Buffer.concat(written), places }
}

test('a segment is mended around gaps, and keeps line by line what it cannot mend', async () => {
  const whole = [logHeader(3, 1), commitLine(1), lineOfGap(2, 4), commitLine(5), commitLine(6)]
  expect((await mended(fileOf(whole.with(3, bad(commitLine(5)))), false)).bytes).toEqual(fileOf(whole))
  expect((await mended(fileOf(whole.with(1, bad(commitLine(1)))), false)).bytes).toEqual(fileOf(whole))
  const torn = Buffer.concat([fileOf(whole), Buffer.from('{"half')])
  const { bytes, places } = await mended(torn, false)
  expect(bytes).toEqual(torn)
  expect(places).toEqual([{ byte: fileOf(whole).length, bytes: 6, lines: 0, isMended: false }])
})

test.each<[string, Buffer]>([
  ['a commit that was there before', commitLine(1)],
  ['a control line of before', sealedText('{"type":"$dur"}', 1)],
  ['a gap that names nothing', sealedText('{"type":"$gap"}', 2)],
  ['a second header', logHeader(3, 3)],
])('%s is no line of its place, and stays', async (_name, strange) => {
  const lines = fileOf([logHeader(3, 1), commitLine(1), commitLine(2), strange, commitLine(3)])
  const { bytes, places } = await mended(lines, false)
  expect(bytes).toEqual(lines)
  expect(places).toMatchObject([{ bytes: strange.length + 1, isMended: false }])
})

test('a base is mended row by row', async () => {
  const whole = [baseHeader(3, 9), commitLine(2), commitLine(2), commitLine(7)]
  const { bytes, places } = await mended(fileOf(whole.with(2, bad(commitLine(2)))), true)
  expect(bytes).toEqual(fileOf(whole))
  expect(places).toMatchObject([{ lines: 1, isMended: true }])
})
