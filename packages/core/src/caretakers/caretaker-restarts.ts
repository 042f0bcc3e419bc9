import type { RestartPolicy } from '@stateward/actor'
import type { CaretakerName } from '@stateward/contract'

const day = { withinMs: 86_400_000, maxBackoffMs: 3_600_000, jitter: 0.2 } as const

/** How often a caretaker begins again after a crash, and how long it waits. That of `reopening` is an option of the store. */
export const caretakerRestarts: Readonly<Record<Exclude<CaretakerName, 'reopening'>, RestartPolicy>> = {
  /** A compaction that has failed costs much, and what it failed of seldom passes soon. */
  compaction: { ...day, atMost: 12, backoffMs: 60_000 },
  /** A scrubbing tells what it cannot read and goes on: it crashes of nothing that it expects. */
  scrubbing: { ...day, atMost: 5, backoffMs: 10_000 },
  /** The records of indexes stand in a log that does not read, or it crashes of what it does not expect. */
  indexing: { ...day, atMost: 12, backoffMs: 10_000 },
  memory: { ...day, atMost: 5, backoffMs: 10_000 },
  checking: { ...day, atMost: 12, backoffMs: 10_000 },
  /** The disk has no room, or does not write; the checkpoint costs as much as the store is large. */
  checkpointing: { ...day, atMost: 12, backoffMs: 10_000 },
  /** Neither the checkpoint nor the log reads; whoever writes hears of that, too. */
  loading: { ...day, atMost: 5, backoffMs: 10_000 },
}
