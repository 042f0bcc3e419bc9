import { type Appended, type Durability, durabilityLevels, type Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'

/** An append that waits for its batch. */
export interface Waiting {
  readonly records: readonly Uint8Array[]
  /** Upper bound of the bytes that its lines take. */
  readonly room: number
  readonly firstSeq: Seq
  readonly durability: Durability
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: unknown) => void
}

/** Takes from the head of the queue what goes into one write: at least one append, and no more than a batch may hold. */
export function takeBatch(queue: Waiting[]): Waiting[] {
  let room = 0
  let commits = 0
  let count = 0
  for (const append of queue) {
    room += append.room
    commits += append.records.length
    if (count > 0 && (room > bounds.batchBytes || commits > bounds.batchCommits)) break
    count++
  }
  return queue.splice(0, count)
}

/** The strongest level asked for in a batch: all of it gets that. */
export function levelOfBatch(batch: readonly Waiting[]): Durability {
  return durabilityLevels.findLast((level) => batch.some(({ durability }) => durability === level)) ?? 'none'
}
