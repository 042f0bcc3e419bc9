import type { Seq } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import { format } from '../format/format.ts'
import type { Manifest } from '../format/manifest.ts'
import type { ManifestKeeper } from '../manifest/manifest-keeper.ts'
import { type ActiveSegment, createSegment } from './active-segment.ts'

/**
 * Ends a segment that is synced up to `lastSeq` and begins the next one: its file, then the manifest that lists both.
 * Until the manifest is published a crash leaves the former state and one file that counts for nothing.
 */
export async function nextSegment(
  environment: Environment,
  { dir, keeper, from, lastSeq }: { dir: string; keeper: ManifestKeeper; from: ActiveSegment; lastSeq: Seq },
): Promise<ActiveSegment> {
  const sealed = from.sealed(lastSeq)
  const { log, epoch } = keeper.current
  const prev = { segment: sealed.segment, lastSeq, bytes: sealed.bytes, crc: sealed.crc }
  const segment = keeper.newSegment()
  const header = { format, log, segment, epoch, kind: 'log' as const, firstSeq: lastSeq + 1, prev }
  const next = await createSegment(environment, { dir, header })
  try {
    await keeper.publish((manifest) => replaceActive(manifest, [sealed, next.entry]))
    await from.file.close()
    return next
  } catch (error) {
    await next.file.close().catch(() => {})
    throw error
  }
}

/** The manifest with these entries where the active one stood. */
export function replaceActive(manifest: Manifest, entries: Manifest['segments']): Manifest {
  return { ...manifest, segments: manifest.segments.flatMap((entry) => (entry.kind === 'active' ? entries : [entry])) }
}
