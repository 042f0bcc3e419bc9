import { join } from 'node:path'
import type { Notify, Seq, StorageEvent } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import type { Environment } from '../environment/environment.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import { withFile } from '../files/open-file.ts'
import type { ArchiveEntry, HistoryEntry, LogEntry } from '../format/manifest.ts'
import { type SeekPoint, SeekTable } from '../format/seek-table.ts'
import { fileNames, hintName } from '../format/segment-name.ts'
import type { LogSource } from '../manifest/log-source.ts'
import { ArchiveMembers } from '../scanning/archive-members.ts'
import type { CacheClaim } from './cache-claim.ts'
import { readCacheFile } from './cache-file.ts'

export interface HintsOptions {
  readonly environment: Environment
  readonly dir: string
  readonly source: LogSource
  readonly notify?: Notify<StorageEvent> | undefined
}

interface Known {
  readonly crc: string
  readonly bytes: number
  /** `undefined` where the file is of no use. */
  readonly table: SeekTable | ArchiveMembers | undefined
}

/** What hints are kept of. */
export type HintedEntry = LogEntry | ArchiveEntry

/**
 * Where reading may begin in the middle of a segment: from the hint file beside it. Never fails; whoever reads from there
 * checks that the line is what the hint says, and calls `drop` where it is not.
 */
export class Hints {
  readonly #options: HintsOptions
  /** By segment, the one read longest ago first. */
  readonly #known = new Map<number, Known>()

  constructor(options: HintsOptions) {
    this.#options = options
  }

  /** A line at or before commit `seq` of a segment; `undefined` where nothing better than its start is known. */
  async before(entry: HistoryEntry, seq: Seq): Promise<SeekPoint | undefined> {
    if (seq <= entry.firstSeq) return undefined
    if (entry.kind === 'active') return this.#options.source.activePlaces(entry.segment)?.before(seq)
    if (entry.kind === 'plain') return undefined
    return (await this.#table(entry))?.before(seq)
  }

  /** Where the members of an archive begin; `undefined` of other files, and where that is not known. */
  async members(entry: HistoryEntry): Promise<ArchiveMembers | undefined> {
    const table = entry.kind === 'archive' ? await this.#table(entry) : undefined
    return table instanceof ArchiveMembers ? table : undefined
  }

  async #table(entry: HintedEntry): Promise<SeekTable | ArchiveMembers | undefined> {
    if (entry.bytes <= bounds.seekBytes) return undefined
    const known = this.#known.get(entry.segment)
    if (known?.crc === entry.crc && known.bytes === entry.bytes) return known.table
    const table = await this.#read(entry).catch((error: unknown) => {
      if (diskCode(error) === 'ENOENT') return undefined
      return storageFailed(error, 'reading it').message
    })
    if (typeof table === 'string') this.drop(entry, table)
    else if (table !== undefined) this.remember(entry, table)
    return typeof table === 'string' ? undefined : table
  }

  remember(entry: HintedEntry, table: SeekTable | ArchiveMembers | undefined): void {
    this.#known.delete(entry.segment)
    this.#known.set(entry.segment, { crc: entry.crc, bytes: entry.bytes, table })
    const [oldest] = this.#known.keys()
    if (this.#known.size > bounds.openFiles && oldest !== undefined) this.#known.delete(oldest)
  }

  /** Uses a segment's hint no more, and says so. */
  drop(entry: HistoryEntry, reason: string): void {
    if (entry.kind !== 'log' && entry.kind !== 'archive') return
    this.remember(entry, undefined)
    this.#options.notify?.({ kind: 'cacheIgnored', cache: hintName(entry.segment), reason })
  }

  /** What the hint file holds; in words why it is of no use. */
  async #read(entry: HintedEntry): Promise<SeekTable | ArchiveMembers | string | undefined> {
    const { environment, dir, source } = this.#options
    const { disk } = environment
    // A link in the directory's place would lead out of the store.
    const standing = await disk.stat(join(dir, fileNames.cache))
    if (standing?.kind !== 'directory') return undefined
    const name = hintName(entry.segment)
    return withFile(disk, { dir, name }, async (file) => {
      const found = await readCacheFile(file, name)
      if (typeof found === 'string') return found
      const log = source.manifest?.log ?? ''
      if (!isSame(found.claim, hintClaim(entry, log))) return 'it is of another segment, or of other bytes of this one'
      const isArchive = entry.kind === 'archive'
      const most = isArchive ? ArchiveMembers.bytesMost(entry.bytes) : SeekTable.bytesMost(entry.bytes)
      if (found.bytes > most) return 'it has more entries than the segment has room for'
      const bytes = Buffer.alloc(found.bytes)
      await found.read(bytes, 0)
      const table = isArchive ? ArchiveMembers.decode(bytes, entry.packedBytes) : SeekTable.decode(bytes)
      return table ?? 'its entries do not ascend'
    })
  }
}

/** What a hint says of the segment that it was made of. */
export function hintClaim({ segment, epoch, bytes, crc, lastSeq }: HintedEntry, log: string): CacheClaim {
  return { log, upTo: lastSeq, truncated: 0, bounds: [{ kind: 'log', segment, epoch, bytes, crc }] }
}

function isSame(claim: CacheClaim, expected: CacheClaim): boolean {
  const [bound] = claim.bounds
  const [other] = expected.bounds
  return (
    claim.log === expected.log &&
    claim.upTo === expected.upTo &&
    claim.bounds.length === 1 &&
    bound?.kind === other?.kind &&
    bound?.segment === other?.segment &&
    bound?.epoch === other?.epoch &&
    bound?.bytes === other?.bytes &&
    bound?.crc === other?.crc
  )
}
