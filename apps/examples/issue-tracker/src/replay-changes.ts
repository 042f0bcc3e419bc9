import { HistoryReader, type Write } from './history-reader.ts'
import { groupsOf } from './json-lines.ts'
import type { IssueState } from './open-issues.ts'
import type { SourceChange } from './source.ts'

/** What a history was found to hold. */
export type Replayed = HistoryReader['counts']

/** Writes on their way at once; fewer than the store's mailbox holds. */
const inFlight = 2_000

/**
 * Does again what the tracker's history says, each change as one commit. No write waits for the one before to be
 * acknowledged: writes keep the order of their calls, and those that wait together share a sync. Rejects with the first
 * refusal, which names the change by its number, from 1.
 */
export async function replayChanges(
  state: IssueState,
  changes: readonly SourceChange[],
  onProgress: (changes: number) => void = () => {},
): Promise<Replayed> {
  const reader = new HistoryReader()
  let done = 0
  for (const group of groupsOf(changes, inFlight)) {
    const first = done + 1
    await Promise.all(group.map((change, at) => named(first + at, change, send(state, reader.read(change)))))
    done += group.length
    onProgress(done)
  }
  return reader.counts
}

function send({ issue }: IssueState, write: Write): Promise<unknown> {
  switch (write.op) {
    case 'create':
      return issue.create(write.data)
    case 'update':
      return issue.update(write.id, write.changes, { unset: write.unset })
    case 'delete':
      return issue.delete(write.id)
    default:
      return write satisfies never
  }
}

async function named(number: number, { op, id }: SourceChange, written: Promise<unknown>): Promise<void> {
  try {
    await written
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`change ${number} (${op} ${id}): ${message}`, { cause })
  }
}
