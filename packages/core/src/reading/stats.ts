import type { Durability, LogReader, ScrubStats, Stats, Storage, StorageHealth } from '@stateward/contract'
import type { Live } from '../state/live.ts'
import { type HeldBeside, memoryParts } from '../state/memory-parts.ts'

export interface StatsOf {
  readonly live: Live
  readonly storage: Storage
  readonly reader: LogReader
  /** What the store knows of it beyond the storage. */
  readonly health?: StorageHealth | undefined
  readonly durability: Durability
  /** Messages that wait in the mailbox. */
  readonly depth: number
  readonly scrub?: ScrubStats | undefined
  readonly beside: HeldBeside
  /** What the store has seen of itself. */
  readonly observed?: Partial<Stats>
}

/** The store in numbers, as of now. */
export async function statsOf({ live, storage, reader, durability, health, ...rest }: StatsOf): Promise<Stats> {
  const { depth, scrub, beside, observed = {} } = rest
  const { firstSeq, segments, bytes, health: found = 'ok', lost = [], ...log } = await reader.stats()
  const { durableSeq, syncMs, bufferBytes } = log
  const { versions, newest } = live.counts
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  const types = [...live.types.values()]
  const { bodies } = live
  return {
    firstSeq,
    lastSeq: live.lastSeq,
    ...(durableSeq === undefined ? {} : { durableSeq }),
    records: types.reduce((sum, { rows }) => sum + rows.size, 0),
    recordsByType: Object.fromEntries(types.map(({ name, rows }) => [name, rows.size])),
    segments,
    bytes,
    commits: live.lastSeq,
    mailboxDepth: depth,
    garbageRatio: versions === 0 ? 0 : 1 - newest / versions,
    memory: { rss, heapUsed, external, arrayBuffers },
    memoryParts: memoryParts(live, beside, bufferBytes),
    cache: {
      bytes: bodies.bytes,
      maxBytes: bodies.maxBytes,
      records: bodies.records,
      hits: bodies.hits,
      misses: bodies.misses,
    },
    indexes: types.flatMap(({ name, kept }) =>
      kept.all.map((index) => ({
        ...{ type: name, name: index.name, entries: index.size(), bytes: index.bytes() },
        ...(kept.rebuilding.some((one) => one.index === index) && { rebuilding: true as const }),
        ...(kept.isDropped(index) && { dropped: true as const }),
      })),
    ),
    storage: storage.kind,
    durability,
    health: health ?? found,
    ...(lost.length === 0 ? {} : { lost }),
    ...(scrub === undefined ? {} : { scrub }),
    ...(syncMs === undefined ? {} : { syncMs }),
    ...observed,
  }
}
