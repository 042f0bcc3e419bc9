import type { Commit, LogReader, Seq } from '@stateward/contract'
import { decodeCommit } from './codec.ts'

/** Commits from `from` on, decoded, in the groups that the storage gives; first those that are there, then those that come. */
export async function* follow(reader: LogReader, from: Seq, signal: AbortSignal): AsyncGenerator<readonly Commit[]> {
  for await (const { records, firstSeq } of reader.follow(from, signal)) {
    yield records.map((record, at) => decodeCommit(record, firstSeq + at)).filter(({ seq }) => seq >= from)
  }
}

/** Commit by commit what comes in groups. */
export async function* oneByOne(groups: AsyncIterable<readonly Commit[]>): AsyncGenerator<Commit> {
  for await (const group of groups) yield* group
}
