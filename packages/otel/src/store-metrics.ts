import type { Distribution, PlanStats, Stats } from '@stateward/contract'

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface SampledDistribution {
  readonly labels: Readonly<Record<string, string>>
  readonly of: Distribution
  /** What a value is to be multiplied by to be in the unit of the metric. */
  readonly scale: number
}

/** One metric of a store: what it is called, and how it is read off the statistics. Names end with their unit. */
export type StoreMetric = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: (stats: Stats) => readonly Sample[] }
  | { readonly type: 'histogram'; readonly distributions: (stats: Stats) => readonly SampledDistribution[] }
)

const perMs = 0.001

const one = (value: number | undefined, labels: Sample['labels'] = {}): readonly Sample[] =>
  value === undefined ? [] : [{ labels, value }]

const gauge = (name: string, help: string, read: (stats: Stats) => number | undefined): StoreMetric => ({
  ...{ name, help, type: 'gauge' },
  samples: (stats) => one(read(stats)),
})

const distribution = (of: Distribution | undefined, scale: number): readonly SampledDistribution[] =>
  of === undefined ? [] : [{ labels: {}, of, scale }]

const labelsOf = ({ type, access, index = '' }: PlanStats): Sample['labels'] => ({ type, access, index })

/** Everything that is exported, whichever way. */
export const storeMetrics: readonly StoreMetric[] = [
  {
    ...{ name: 'stateward_messages_total', help: 'Messages asked of the store.', type: 'counter' },
    samples: ({ messages = {} }) =>
      Object.entries(messages).map(([message, { asked }]) => ({ labels: { message }, value: asked })),
  },
  {
    ...{ name: 'stateward_failures_total', help: 'Messages refused or failed, by code; reckoned.', type: 'counter' },
    samples: ({ messages = {} }) =>
      Object.entries(messages).flatMap(([message, { failed }]) =>
        Object.entries(failed).map(([code, value]) => ({ labels: { message, code }, value })),
      ),
  },
  {
    ...{ name: 'stateward_message_duration_seconds', help: 'From the call to the answer.', type: 'histogram' },
    distributions: ({ messages = {} }) =>
      Object.entries(messages).map(([message, { latencyMs }]) => ({
        labels: { message },
        of: latencyMs,
        scale: perMs,
      })),
  },
  {
    ...{ name: 'stateward_append_duration_seconds', help: 'Until a group was as safe as asked.', type: 'histogram' },
    distributions: ({ appends }) => distribution(appends?.ms, perMs),
  },
  {
    ...{ name: 'stateward_append_commits', help: 'Commits of a group.', type: 'histogram' },
    distributions: ({ appends }) => distribution(appends?.commits, 1),
  },
  {
    ...{ name: 'stateward_sync_duration_seconds', help: 'Making the log durable.', type: 'histogram' },
    distributions: ({ syncMs }) => distribution(syncMs, perMs),
  },
  {
    ...{ name: 'stateward_records', help: 'Live records by type.', type: 'gauge' },
    samples: ({ recordsByType }) => Object.entries(recordsByType).map(([type, value]) => ({ labels: { type }, value })),
  },
  {
    ...{ name: 'stateward_cache_reads_total', help: 'Reads of the cache of records.', type: 'counter' },
    samples: ({ cache }) => [...one(cache.hits, { outcome: 'hit' }), ...one(cache.misses, { outcome: 'miss' })],
  },
  {
    ...{ name: 'stateward_compactions_total', help: 'Compactions by how they ended.', type: 'counter' },
    samples: ({ compaction }) =>
      (['finished', 'failed', 'cancelled'] as const).flatMap((outcome) => one(compaction?.[outcome], { outcome })),
  },
  {
    ...{ name: 'stateward_memory_bytes', help: 'Memory of the process.', type: 'gauge' },
    samples: ({ memory }) => Object.entries(memory).map(([part, value]) => ({ labels: { part }, value })),
  },
  {
    ...{ name: 'stateward_held_bytes', help: 'What the store itself holds in memory, by part.', type: 'gauge' },
    samples: ({ memoryParts }) => Object.entries(memoryParts).map(([part, value]) => ({ labels: { part }, value })),
  },
  {
    ...{ name: 'stateward_index_bytes', help: 'Memory of each index.', type: 'gauge' },
    samples: ({ indexes }) =>
      indexes.map(({ type, name: index, bytes }) => ({ labels: { type, index }, value: bytes })),
  },
  {
    ...{ name: 'stateward_estimated_rows_total', help: 'Rows that queries were expected to find.', type: 'counter' },
    samples: ({ plans = [] }) => plans.map((plan) => ({ labels: labelsOf(plan), value: plan.estimatedRows })),
  },
  {
    ...{ name: 'stateward_found_rows_total', help: 'Rows that the same queries found.', type: 'counter' },
    samples: ({ plans = [] }) => plans.map((plan) => ({ labels: labelsOf(plan), value: plan.rows })),
  },
  gauge('stateward_commits', 'The last commit.', ({ lastSeq }) => lastSeq),
  gauge('stateward_log_bytes', 'Bytes of the log, archive included.', ({ bytes }) => bytes),
  gauge('stateward_log_segments', 'Parts that the log is kept in.', ({ segments }) => segments),
  gauge('stateward_garbage_ratio', 'Superseded versions in base and log.', ({ garbageRatio }) => garbageRatio),
  gauge('stateward_cache_bytes', 'Bytes of records in memory.', ({ cache }) => cache.bytes),
  gauge('stateward_mailbox_messages', 'Writes that wait.', ({ mailboxDepth }) => mailboxDepth),
  gauge('stateward_mailbox_age_seconds', 'How long the first of them has waited.', ({ mailboxAgeMs }) =>
    mailboxAgeMs === undefined ? undefined : mailboxAgeMs * perMs,
  ),
  gauge('stateward_event_loop_delay_p99_seconds', 'How late the event loop was.', ({ eventLoop }) =>
    eventLoop === undefined ? undefined : eventLoop.p99 * perMs,
  ),
  gauge('stateward_healthy', '1 while writes are taken.', ({ health }) => (health === 'ok' ? 1 : 0)),
]
