import { DataSet } from '../data/data-set.ts'

/** So many commits as Stateward's log holds them, of the same number of bytes, ready to be written. */
export function rawLines(commits: number, seed: number): Buffer {
  const data = new DataSet(1000, seed)
  return Buffer.concat(Array.from({ length: commits }, (_, at) => Buffer.from(lineOf(data, at))))
}

function lineOf(data: DataSet, at: number): string {
  const item = data.newItem(at)
  const timestamp = item.data.updated_at
  const tail = { rev: 1, seq: 100_000 + at, crc: '1a2b3c4d' }
  return `${JSON.stringify({ type: item.type, timestamp, data: item.data, ...tail })}\n`
}
