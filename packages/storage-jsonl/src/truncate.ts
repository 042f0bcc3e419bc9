import type { Disk, Seq } from '@stateward/contract'
import { archiveSegment } from './archive.ts'
import type { Checkpoint } from './checkpoint.ts'
import { newestBase } from './log-source.ts'
import type { ArchiveEntry, BaseEntry, LogEntry, Manifest } from './manifest.ts'

export type Retention = 'all' | 'none'

export interface TruncateOptions {
  readonly dir: string
  readonly manifest: Manifest
  readonly publish: (change: (manifest: Manifest) => Manifest) => Promise<void>
  readonly upTo: Seq
  readonly retention: Retention
  readonly checkpoint: Checkpoint
}

/** What a truncation lets go of; `undefined` where no base covers it. */
interface Covered {
  readonly segments: readonly LogEntry[]
  readonly bases: readonly BaseEntry[]
}

/**
 * Takes what a base covers out of the log: with retention `all` into the archive, compressed. Resolves with the files
 * that count no more, which the manifest then lists as obsolete.
 */
export async function truncateLog(
  disk: Disk,
  { dir, manifest, publish, upTo, retention, checkpoint }: TruncateOptions,
): Promise<readonly string[]> {
  const covered = coveredBy(manifest, upTo)
  if (covered === undefined) return []
  const archived: ArchiveEntry[] = []
  if (retention === 'all')
    for (const entry of covered.segments) archived.push(await archiveSegment(disk, { dir, entry, checkpoint }))
  const obsolete = [...covered.segments, ...covered.bases].map(({ file }) => file)
  await publish((current) => withoutCovered(current, { ...covered, archived, upTo, obsolete }))
  return obsolete
}

/** Whole segments up to `upTo`, and the bases before the newest. */
function coveredBy(manifest: Manifest, upTo: Seq): Covered | undefined {
  const newest = newestBase(manifest)
  if (newest === undefined || newest.upTo < upTo || upTo < 1) return undefined
  return {
    segments: manifest.segments.filter((entry): entry is LogEntry => entry.kind === 'log' && entry.lastSeq <= upTo),
    bases: manifest.segments.filter((entry): entry is BaseEntry => entry.kind === 'base' && entry !== newest),
  }
}

function withoutCovered(
  manifest: Manifest,
  {
    segments,
    bases,
    archived,
    upTo,
    obsolete,
  }: Covered & { archived: readonly ArchiveEntry[]; upTo: Seq; obsolete: readonly string[] },
): Manifest {
  const gone = new Set([...segments, ...bases].map(({ segment }) => segment))
  const packed = new Map(archived.map((entry) => [entry.segment, entry]))
  return {
    ...manifest,
    truncated: Math.max(manifest.truncated, upTo),
    segments: manifest.segments.flatMap(
      (entry) => packed.get(entry.segment) ?? (gone.has(entry.segment) ? [] : [entry]),
    ),
    obsolete: [...new Set([...manifest.obsolete, ...obsolete])],
  }
}
