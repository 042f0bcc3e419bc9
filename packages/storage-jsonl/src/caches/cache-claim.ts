import type { DiskFile, Epoch, Seq } from '@stateward/contract'
import { fileChunks } from '../files/chunks.ts'
import type { FileCache } from '../files/file-cache.ts'
import { checksumOf } from '../files/file-sums.ts'
import { isCount } from '../format/control-line.ts'
import { checksum, hex8 } from '../format/crc.ts'
import { type Entry, isHistory, type Manifest } from '../format/manifest.ts'
import { type LogSource, partsOf, type Tail } from '../manifest/log-source.ts'

/** The beginning of a file that living pointers may lead into. */
export interface Bound {
  readonly kind: 'log' | 'plain' | 'base'
  readonly segment: number
  readonly epoch: Epoch
  readonly bytes: number
  /** CRC-32 of these bytes, eight hex digits; of a plain file its sha256. */
  readonly crc: string
}

/**
 * What a cache says of the log that it was made of: the files that its pointers may lead into begin with these bytes.
 * Every commit up to `upTo` that no base has taken over is in them.
 */
export interface CacheClaim {
  readonly log: string
  readonly upTo: Seq
  readonly truncated: Seq
  readonly bounds: readonly Bound[]
}

/** A writer's tail, with the checksum of the active segment up to there. Nothing but commits' ends will do: what follows may be cut. */
export interface SummedTail extends Tail {
  readonly crc: string
}

/** The claim of a cache of commits up to `upTo`, all of which are durable. */
export function claimOf(manifest: Manifest, tail: SummedTail, upTo: Seq): CacheClaim {
  const { log, truncated, segments } = manifest
  return { log, upTo, truncated, bounds: segments.flatMap((entry) => boundOf(entry, { tail, truncated, upTo })) }
}

/** Segments without a commit are left out: the next opening gives them up. */
function boundOf(
  entry: Entry,
  { tail, truncated, upTo }: { tail: SummedTail; truncated: Seq; upTo: Seq },
): readonly Bound[] {
  const { kind, segment } = entry
  if (kind === 'archive') return []
  if (kind === 'base') return [{ kind, segment, epoch: entry.epoch, bytes: entry.bytes, crc: entry.crc }]
  if (entry.firstSeq > upTo) return []
  if (kind === 'active') return [{ kind: 'log', segment, epoch: entry.epoch, bytes: tail.bytes, crc: tail.crc }]
  if (entry.lastSeq < entry.firstSeq || entry.lastSeq <= truncated) return []
  if (kind === 'plain') return [{ kind, segment, epoch: 0, bytes: entry.bytes, crc: entry.sha256 }]
  return [{ kind, segment, epoch: entry.epoch, bytes: entry.bytes, crc: entry.crc }]
}

/** Whether pointers that were alive under one claim all are under a later one. */
export function isAliveIn(former: readonly number[], claim: CacheClaim): boolean {
  const now = new Set(claim.bounds.map(({ segment }) => segment))
  return former.every((segment) => now.has(segment))
}

/** The files that pointers may lead into now, by number. */
export function aliveSegments({ segments, truncated }: Manifest): number[] {
  const alive = segments.filter((entry) => {
    if (entry.kind === 'base') return true
    return (
      entry.kind !== 'archive' && entry.kind !== 'active' && entry.lastSeq > Math.max(truncated, entry.firstSeq - 1)
    )
  })
  return alive.map(({ segment }) => segment)
}

/** Why a claim does not hold of a log as it is now; `undefined` where it does. */
export async function whyStale(
  { source, files }: { source: LogSource; files: FileCache },
  claim: CacheClaim,
): Promise<string | undefined> {
  const { manifest, tail } = source
  if (manifest === undefined) return 'there is no log'
  if (claim.log !== manifest.log) return `it is of another log, ${claim.log}`
  if (claim.truncated !== manifest.truncated) return `the log has let go of commits up to ${manifest.truncated} since`
  if (claim.upTo > tail.lastSeq) return `it knows of commit ${claim.upTo}, and the log ends at ${tail.lastSeq}`
  for (const bound of claim.bounds) {
    const entry = manifest.segments.find(({ segment }) => segment === bound.segment)
    const reason = entry === undefined ? 'is gone' : await whyOther({ source, files }, entry, bound)
    if (reason !== undefined) return `segment ${bound.segment} ${reason}`
  }
  return undefined
}

async function whyOther(
  { source, files }: { source: LogSource; files: FileCache },
  entry: Entry,
  bound: Bound,
): Promise<string | undefined> {
  const other = 'is another one'
  if (entry.kind === 'archive') return 'was archived'
  if (entry.kind === 'plain') {
    return bound.kind === 'plain' && entry.bytes === bound.bytes && entry.sha256 === bound.crc ? undefined : other
  }
  if ((entry.kind === 'base') !== (bound.kind === 'base') || entry.epoch !== bound.epoch) return other
  const bytes = isHistory(entry) ? (partsOf(source).find((part) => part.entry === entry)?.bytes ?? 0) : entry.bytes
  if (bytes < bound.bytes) return `has ${bytes} bytes of ${bound.bytes}`
  if (entry.kind !== 'active' && bytes === bound.bytes) return entry.crc === bound.crc ? undefined : other
  const isSame = await files.using(entry.file, (file) =>
    entry.kind === 'active' ? beginsWith(file, bound) : growsInto(file, bound, { bytes, crc: entry.crc }),
  )
  return isSame ? undefined : other
}

async function beginsWith(file: DiskFile, { bytes, crc }: Bound): Promise<boolean> {
  return (await checksumOf(file, { from: 0, to: bytes })) === crc
}

/** For given bytes behind it, one checksum of the beginning leads to one of the whole: only what was added needs to be read. */
export async function growsInto(
  file: DiskFile,
  bound: Bound,
  whole: { readonly bytes: number; readonly crc: string },
): Promise<boolean> {
  let crc = Number.parseInt(bound.crc, 16)
  for await (const chunk of fileChunks(file, { from: bound.bytes, to: whole.bytes })) crc = checksum(chunk, crc)
  return hex8(crc) === whole.crc
}

/** A claim as JSON brought it back; `undefined` when it is none. */
export function parseClaim(value: unknown): CacheClaim | undefined {
  if (!hasFields(value)) return undefined
  const { log, upTo, truncated, bounds } = value
  if (typeof log !== 'string' || !isCount(upTo) || !isCount(truncated) || !Array.isArray(bounds)) return undefined
  return bounds.every(isBound) ? { log, upTo, truncated, bounds } : undefined
}

function isBound(value: unknown): value is Bound {
  if (!hasFields(value)) return false
  const { kind, segment, epoch, bytes, crc } = value
  if (kind !== 'log' && kind !== 'plain' && kind !== 'base') return false
  return isCount(segment) && isCount(epoch) && isCount(bytes) && typeof crc === 'string'
}

/** Whether there is anything to look for by name. */
export function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
