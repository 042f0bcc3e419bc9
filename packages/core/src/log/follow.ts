import type { Commit, LogReader, Seq } from '@stateward/contract'
import { asRefusal, checkedSeq } from '../validation/check.ts'
import { CommitsOf } from './commits-of.ts'

/**
 * Commits from `from` on, decoded, in the groups that the storage gives; first those that are there, then those that
 * come, until one of the signals aborts. Throws `INVALID` for what is no seq or no signal.
 */
export function follow(
  reader: LogReader,
  from: Seq,
  signals: readonly AbortSignal[],
): AsyncGenerator<readonly Commit[]> {
  return groupsFrom(reader, Math.max(1, checkedSeq('the start of following', from)), anyOf(signals))
}

/** The first seq to follow from, as a caller may give it. Throws `INVALID` for what is no seq or no signal. */
export function checkedStart(from: Seq, signal: AbortSignal): Seq {
  const first = Math.max(1, checkedSeq('the start of following', from))
  anyOf([signal])
  return first
}

/** One signal for several. Throws `INVALID` for what is no signal. */
export function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  try {
    return AbortSignal.any([...signals])
  } catch (error) {
    throw asRefusal(error)
  }
}

async function* groupsFrom(reader: LogReader, from: Seq, signal: AbortSignal): AsyncGenerator<readonly Commit[]> {
  const commitsOf = new CommitsOf()
  for await (const batch of reader.follow(from, signal)) {
    const commits = commitsOf.take(batch, from)
    if (commits.length > 0) yield commits
  }
}
