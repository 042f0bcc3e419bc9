import type { Entity } from '@stateward/contract'
import { csvLines } from '@stateward/csv'
import type { ImportEntry } from './import-entry.ts'
import { recordPut } from './import-line.ts'

/** A row in memory takes about as much as the least of its cells' objects. */
const rowBytes = 512

/** The rows of an input in CSV as records of `type`. */
export async function* csvEntries(
  chunks: AsyncIterable<Uint8Array | string>,
  options: { readonly type: string; readonly entity: Entity; readonly delimiter: string },
): AsyncGenerator<ImportEntry> {
  let upTo = 0
  async function* counted(): AsyncGenerator<Uint8Array | string> {
    for await (const chunk of chunks) {
      upTo += chunk.length
      yield chunk
    }
  }
  for await (const { line, row, refused } of csvLines(counted(), options)) {
    const read = (): ReturnType<ImportEntry['read']> => {
      if (refused !== undefined) throw refused
      return { kind: 'changes', changes: [recordPut(options.type, row)] }
    }
    yield { number: line, upTo, size: rowBytes, read }
  }
}
