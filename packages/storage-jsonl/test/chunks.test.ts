import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileChunks, type Lines, wholeLines } from '../src/files/chunks.ts'

async function* piecesOf(pieces: readonly string[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece)
}

async function gathered<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of source) found.push(one)
  return found
}

/** Lines in pieces, taken apart again: where each begins, its text, and whether it ends. */
function linesIn(pieces: readonly Lines[]): unknown[] {
  return pieces.flatMap(({ bytes, offset, whole }) => {
    let at = offset
    return (bytes.toString().match(/[^\n]*\n|[^\n]+$/g) ?? []).map((text) => {
      const line = { at, text, whole }
      at += text.length
      return line
    })
  })
}

test('wherever a file is cut into chunks, the same lines come out, each where it stands', async () => {
  const chunk = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), fc.nat({ max: 9 }), async (chunks, offset) => {
      const text = chunks.join('')
      const pieces = await gathered(wholeLines(piecesOf(chunks), offset))
      const expected = linesIn([
        { bytes: Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1)), offset, whole: true },
        {
          bytes: Buffer.from(text.slice(text.lastIndexOf('\n') + 1)),
          offset: offset + text.lastIndexOf('\n') + 1,
          whole: false,
        },
      ])
      expect(linesIn(pieces)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('the bytes of a part of a file come once each, in chunks of the size that is asked for, and end where it does', async () => {
  const content = Buffer.from('0123456789')
  const read = async (into: Uint8Array, position: number): Promise<number> =>
    content.copy(into, 0, position, position + into.length)
  const chunks = async (from: number, to: number, chunkBytes?: number): Promise<string[]> =>
    (await gathered(fileChunks({ read }, { from, to, chunkBytes }))).map(String)
  expect(await chunks(0, 10, 4)).toEqual(['0123', '4567', '89'])
  expect(await chunks(3, 7, 2)).toEqual(['34', '56'])
  expect(await chunks(3, 7)).toEqual(['3456'])
  expect(await chunks(8, 20, 4), 'the file is shorter').toEqual(['89'])
  expect(await chunks(6, 20, 4), 'it ends with a chunk').toEqual(['6789'])
  expect(await chunks(10, 20, 4)).toEqual([])
  expect(await chunks(5, 5)).toEqual([])
})
