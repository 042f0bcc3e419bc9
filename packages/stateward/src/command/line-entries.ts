import type { ImportEntry } from './import-entry.ts'
import { importLine } from './import-line.ts'
import { inputLines } from './input-lines.ts'

/** The lines of an input in JSON: records of `type`, or, without one, lines in the form of the log. */
export async function* lineEntries(
  chunks: AsyncIterable<Uint8Array | string>,
  type: string | undefined,
): AsyncGenerator<ImportEntry> {
  for await (const line of inputLines(chunks)) {
    const { number, upTo, bytes } = line
    yield { number, upTo, size: bytes?.length ?? 0, bytes, read: () => importLine(line, type) }
  }
}
