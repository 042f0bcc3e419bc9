import type { Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { type ReadPlace, readKept } from './read-log.ts'

/** Commits this near to each other are read in one go. */
const gapCommits = 32

/** Single commits up to `tail`: for each about as much of the log is read as its hints name at once. */
export async function readCommitsAt(
  place: ReadPlace,
  seqs: readonly Seq[],
  tail: Seq,
): Promise<ReadonlyMap<Seq, Uint8Array>> {
  const found = new Map<Seq, Uint8Array>()
  const near: ReadPlace = { ...place, chunkBytes: bounds.seekBytes }
  for (const { from, to } of runsOf(seqs, tail)) {
    for await (const { firstSeq, records } of readKept(near, from, to)) {
      for (const [at, record] of records.entries()) found.set(firstSeq + at, record)
    }
  }
  return found
}

function runsOf(seqs: readonly Seq[], tail: Seq): { readonly from: Seq; to: Seq }[] {
  const runs: { readonly from: Seq; to: Seq }[] = []
  const wanted = seqs.filter((seq) => Number.isSafeInteger(seq) && seq > 0 && seq <= tail)
  for (const seq of wanted.sort((left, right) => left - right)) {
    const run = runs.at(-1)
    if (run !== undefined && seq - run.to <= gapCommits) run.to = seq
    else runs.push({ from: seq, to: seq })
  }
  return runs
}
