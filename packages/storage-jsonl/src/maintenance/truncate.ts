import { instantKey, type Seq, type TruncateOptions } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import type { Settings } from '../environment/options.ts'
import { dayMs } from '../environment/retention.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import type { ArchiveEntry, BaseEntry, Entry, LogEntry, Manifest } from '../format/manifest.ts'
import { newestBase } from '../manifest/log-source.ts'
import type { ManifestKeeper } from '../manifest/manifest-keeper.ts'
import { type WrittenArchive, writeArchive } from './archive.ts'
import { newestOf } from './archive-lines.ts'
import { keepsVersions } from './kept-versions.ts'

export interface TruncationOptions {
  /** `segmentBytes`: a file of the archive has no more text than this and one more piece. */
  readonly settings: Pick<Settings, 'dir' | 'retention' | 'segmentBytes'>
  readonly keeper: Pick<ManifestKeeper, 'current' | 'newSegment'>
  readonly publish: (change: (manifest: Manifest) => Manifest) => Promise<void>
  readonly upTo: Seq
  readonly newestRev?: TruncateOptions['newestRev']
  readonly checkpoint: Checkpoint
}

type Source = LogEntry | ArchiveEntry

/** What a truncation does with the files of the log; `sources` follow one another. */
interface Plan {
  /** What the archive is to hold in files of its own. */
  readonly sources: readonly Source[]
  /** What goes, without a trace. */
  readonly gone: readonly Source[]
  readonly keeps: ((line: Buffer) => boolean) | undefined
}

export interface Truncated {
  readonly obsolete: readonly string[]
  readonly archived: readonly WrittenArchive[]
}

/**
 * Takes what a base covers out of the log, as retention says: into the archive, compressed, or away. Resolves with the
 * files that count no more, which the manifest then lists as obsolete, and with the new archives. Nothing counts before that
 * manifest is published.
 */
export async function truncateLog(environment: Environment, options: TruncationOptions): Promise<Truncated> {
  const { settings, keeper, publish, upTo, checkpoint } = options
  const manifest = keeper.current
  const newest = newestBase(manifest)
  if (newest === undefined || newest.upTo < upTo || upTo < 1) return { obsolete: [], archived: [] }
  const { sources, gone, keeps } = await planOf(environment, options)
  const archived =
    sources.length === 0
      ? []
      : await writeArchive(environment, {
          dir: settings.dir,
          log: manifest.log,
          sources,
          textBytes: settings.segmentBytes,
          newSegment: () => keeper.newSegment(),
          keeps: keeps ?? (() => true),
          mayHaveHoles:
            keeps !== undefined || sources.some((entry) => entry.kind === 'archive' && entry.sparse === true),
          checkpoint,
        })
  const bases = manifest.segments.filter((entry): entry is BaseEntry => entry.kind === 'base' && entry !== newest)
  const obsolete = [...sources, ...gone, ...bases].map(({ file }) => file)
  await publish((current) =>
    truncated(current, { sources, archived: archived.map(({ entry }) => entry), obsolete, upTo }),
  )
  return { obsolete, archived }
}

async function planOf(environment: Environment, options: TruncationOptions): Promise<Plan> {
  const { settings, keeper, upTo, newestRev } = options
  const { retention } = settings
  // Whole segments only: one that goes on behind `upTo` stays where it is.
  const parts = keeper.current.segments.filter(
    (entry): entry is Source => entry.kind === 'archive' || (entry.kind === 'log' && entry.lastSeq <= upTo),
  )
  if (retention === 'none') return { sources: [], gone: parts, keeps: undefined }
  if (retention !== 'all' && 'days' in retention) return planOfDays(environment, options, parts)
  if (retention === 'all' || newestRev === undefined) return { ...merged(parts, options), gone: [], keeps: undefined }
  // Where nothing came since, nothing was superseded either.
  const sources = parts.some(({ kind }) => kind === 'log') ? parts : []
  return { sources, gone: [], keeps: keepsVersions(retention.versions, newestRev) }
}

/** By the times in the commits, and of those the latest so far: a clock that was set back lets nothing go too early. */
async function planOfDays(
  { disk, clock }: Environment,
  options: TruncationOptions,
  parts: readonly Source[],
): Promise<Plan> {
  const { settings, checkpoint } = options
  const { dir, retention } = settings
  const daysMs = typeof retention === 'object' && 'days' in retention ? retention.days * dayMs : 0
  const keyBefore = (ms: number): string => instantKey(new Date(clock.now() - ms).toISOString()) ?? ''
  const cutOff = keyBefore(daysMs)
  let gone = 0
  let newest = ''
  for (const entry of parts) {
    newest = await newestOf(disk, { dir, entry, before: newest, checkpoint })
    if (newest >= cutOff) break
    gone++
  }
  // A file goes as a whole, and one to which something is added for ever would never go.
  const since = keyBefore(daysMs / 8)
  return { ...merged(parts.slice(gone), options, since), gone: parts.slice(0, gone), keeps: undefined }
}

/**
 * What is to be packed: the segments, and the last archives before them for as long as they are no larger than what
 * comes behind them. So there are few of them, and each line is packed again only a few times: O(log n).
 */
function merged(
  parts: readonly Source[],
  { settings }: TruncationOptions,
  since = '',
): { readonly sources: readonly Source[] } {
  let first = parts.findIndex(({ kind }) => kind === 'log')
  if (first < 0) return { sources: [] }
  let bytes = parts.slice(first).reduce((sum, entry) => sum + entry.bytes, 0)
  for (; first > 0; first--) {
    const before = parts[first - 1]
    if (before?.kind !== 'archive' || before.bytes > bytes || before.bytes + bytes > settings.segmentBytes) break
    if ((before.newest ?? '') < since) break
    bytes += before.bytes
  }
  return { sources: parts.slice(first) }
}

interface Change {
  readonly sources: readonly Source[]
  readonly archived: readonly ArchiveEntry[]
  readonly obsolete: readonly string[]
  readonly upTo: Seq
}

function truncated(manifest: Manifest, { sources, archived, obsolete, upTo }: Change): Manifest {
  const out = new Set(obsolete)
  const [first] = sources
  return {
    ...manifest,
    truncated: Math.max(manifest.truncated, upTo),
    segments: manifest.segments.flatMap((entry): readonly Entry[] => {
      if (entry.file === first?.file) return archived
      return out.has(entry.file) ? [] : [entry]
    }),
    obsolete: [...new Set([...manifest.obsolete, ...obsolete])],
  }
}
