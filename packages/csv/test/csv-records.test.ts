import { limits } from '@stateward/contract'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf } from '../src/cells-of.ts'
import { csvRecords } from '../src/csv-records.ts'
import { allOf } from './all-of.ts'

interface Split {
  readonly line: number
  readonly cells: readonly (string | undefined)[]
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size)
  for (let at = 0; at < bytes.length; at += size) {
    // A source may give the same buffer again and again.
    const piece = bytes.subarray(at, at + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}

async function split(text: string, size: number): Promise<Split[]> {
  const records = (await allOf(csvRecords(inPieces(bytesOf(text), size), ','.charCodeAt(0)))).flat()
  return records
    .filter(({ bytes }) => bytes?.length !== 0)
    .map(({ line, bytes }) => ({ line, cells: cellsOf(textOf(bytes), ',') }))
}

/** Texts as a spreadsheet writes them: some cells in quotes, lines that end in one way or another. */
const character = fc.constantFrom('a', '7', ' ', ',', '"', '\n', '\r', '\r\n', 'é', '𝄞', ';', '\ufeff')
const cell = fc.record({ text: fc.string({ unit: character, maxLength: 6 }), isQuoted: fc.boolean() })
/** A record of one empty cell is an empty line, which is no record here. */
const table = fc.array(
  fc.record({ cells: fc.array(cell, { minLength: 2, maxLength: 4 }), end: fc.constantFrom('\n', '\r\n') }),
  { maxLength: 6 },
)

const written = ({ text, isQuoted }: { readonly text: string; readonly isQuoted: boolean }): string =>
  isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

test('splits as csv-parse does, wherever the text is cut into pieces, and tells the line of each record', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
      // The mark is dropped before the first cell, which is what a mark is for.
      const text = rows
        .map(({ cells, end }) => cells.map(written).join(',') + end)
        .join('')
        .replace(/^\ufeff+/, '')
      const expected: string[][] = parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] })
      const found = await split(text, size)
      expect(found.map(({ cells }) => cells.map((one) => one ?? ''))).toEqual(expected)
      let line = 1
      for (const [at, { cells, end }] of rows.entries()) {
        expect(found[at]?.line).toBe(line)
        line += (cells.map(written).join(',') + end).split(/\r\n|\r|\n/).length - 1
      }
    }),
    { numRuns: 100 },
  )
})

test('any text at all is split the same however it is cut, and no byte of it is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: character, maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      async (text, size) => {
        const whole = (await allOf(csvRecords([bytesOf(text)], 44))).flat()
        const cut = (await allOf(csvRecords(inPieces(bytesOf(text), size), 44))).flat()
        expect(cut).toEqual(whole)
        const kept = whole.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0)
        const mark = text.startsWith('\ufeff') ? 3 : 0
        // What is not in a record is the end of one.
        const ends = bytesOf(text).length - mark - kept
        expect(ends).toBeGreaterThanOrEqual(whole.filter(({ isOpen }) => !isOpen).length - 1)
        expect(ends).toBeLessThanOrEqual(2 * whole.length)
      },
    ),
    { numRuns: 100 },
  )
})

test('a record that is malformed ends with its line; one whose quote is never closed ends with the text', async () => {
  const records = (await allOf(csvRecords(['a,b\n1,x"y\n2,"x"y\n3,z\n4,"open\n5,w\n'], 44))).flat()
  expect(records.map(({ line, isOpen }) => [line, isOpen])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, false],
    [5, true],
  ])
  expect(() => cellsOf('1,x"y', ',')).toThrow('found "x\\"y"')
  expect(() => cellsOf('2,"x"y', ',')).toThrow('found "y" behind')
  expect(() => cellsOf('4,"open', ',')).toThrow('expected a quote to close cell 2')
})

test('of a record that is too long only its end is kept in mind', async () => {
  const mebibyte = 'x'.repeat(1_048_576)
  const count = limits.recordBytes / mebibyte.length + 2
  function* long(): Generator<string> {
    yield 'a,b\n1,"'
    for (let at = 0; at < count; at++) yield mebibyte
    yield '"\n2,y\n'
  }
  const records = (await allOf(csvRecords(long(), 44))).flat()
  expect(records.map(({ line, bytes }) => [line, bytes?.length])).toEqual([
    [1, 3],
    [2, undefined],
    [3, 3],
  ])
})
