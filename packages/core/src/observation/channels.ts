import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import {
  type TracedCheckpoint,
  type TracedCommit,
  type TracedCompaction,
  type TracedMessage,
  type TracedQuery,
  type TracedRecovery,
  tracingNames,
} from '@stateward/contract'

function channel<C extends object>(name: string): TracingChannel<unknown, C> {
  return tracingChannel<unknown, C>(name)
}

/** The channels of all stores of this process. Held here, because Node forgets a channel that nobody holds. */
export const channels: {
  readonly message: TracingChannel<unknown, TracedMessage>
  readonly query: TracingChannel<unknown, TracedQuery>
  readonly commit: TracingChannel<unknown, TracedCommit>
  readonly compaction: TracingChannel<unknown, TracedCompaction>
  readonly checkpoint: TracingChannel<unknown, TracedCheckpoint>
  readonly recovery: TracingChannel<unknown, TracedRecovery>
} = {
  message: channel(tracingNames.message),
  query: channel(tracingNames.query),
  commit: channel(tracingNames.commit),
  compaction: channel(tracingNames.compaction),
  checkpoint: channel(tracingNames.checkpoint),
  recovery: channel(tracingNames.recovery),
}
