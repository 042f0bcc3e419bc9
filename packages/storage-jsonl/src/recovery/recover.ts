import { join } from 'node:path'
import type { Quarantined, RecoveryReport, Seq } from '@stateward/contract'
import { type ActiveSegment, type StagedSegment, stageSegment } from '../appending/active-segment.ts'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { allSettled } from '../files/all-settled.ts'
import { fileChunks, wholeLines } from '../files/chunks.ts'
import { removeFiles, unlinkObsolete } from '../files/obsolete.ts'
import { withFile } from '../files/open-file.ts'
import { durableLine, isControl } from '../format/control-line.ts'
import { format } from '../format/format.ts'
import { type ActiveEntry, isHistory, type Manifest } from '../format/manifest.ts'
import { segmentName } from '../format/segment-name.ts'
import { stageManifest } from '../manifest/manifest-file.ts'
import { quarantine } from './quarantine.ts'
import type { Recovery } from './recovery.ts'

export interface Recovered {
  readonly active: ActiveSegment
  readonly manifest: Manifest
  readonly lastSeq: Seq
  readonly ended: Recovery['ended']
  readonly report: RecoveryReport
}

/**
 * Does what an assessment found to be done, in an order in which a crash at any step leaves a store that the next
 * opening recovers to the same commits: keep what will be cut, write the unproven lines again, publish, and only then cut.
 */
export async function recover(
  environment: Environment,
  { dir, owner, recovery }: { dir: string; owner: string; recovery: Recovery },
): Promise<Recovered> {
  const { disk } = environment
  await removeFiles(disk, dir, recovery.temporary)
  const quarantined: Quarantined[] = []
  for (const cutting of recovery.quarantine) {
    quarantined.push(await quarantine(disk, dir, { cutting, epoch: recovery.epoch }))
  }
  const manifest = manifestOf(recovery, owner)
  const active = await publishWithSegment(environment, dir, { recovery, manifest })
  try {
    for (const cut of recovery.cuts) await cutFile(environment, dir, cut)
    // The manifest lists them until the close, which removes what a power cut may have brought back.
    await unlinkObsolete(disk, dir, manifest.obsolete)
    const lastSeq = recovery.rehome?.lastSeq ?? recovery.firstSeq - 1
    const { clean, created, adopted, ended } = recovery
    return { active, manifest, lastSeq, ended, report: { clean, created, lastSeq, quarantined, adopted } }
  } catch (error) {
    await active.file.close().catch(() => {})
    throw error
  }
}

/** Begins the segment and publishes the manifest that lists it. Both are written and synced side by side, then named one after the other. */
async function publishWithSegment(
  environment: Environment,
  dir: string,
  { recovery, manifest }: { recovery: Recovery; manifest: Manifest },
): Promise<ActiveSegment> {
  const beginning = beginSegment(environment, dir, recovery)
  const staging = stageManifest(environment, dir, manifest)
  try {
    const [begun, staged] = await allSettled([beginning, staging])
    await begun.name()
    await staged.publish()
    return begun.segment
  } catch (error) {
    await staging.then((staged) => staged.discard()).catch(() => {})
    await beginning.then(({ segment }) => segment.file.close()).catch(() => {})
    throw error
  }
}

function manifestOf(recovery: Recovery, writer: string): Manifest {
  const { log, epoch, truncated, kept, obsolete, lost, resealed, segment, firstSeq } = recovery
  const active: ActiveEntry = { kind: 'active', file: segmentName('log', segment), segment, epoch, firstSeq }
  const history = kept.filter(isHistory)
  const bases = kept.filter((entry) => !isHistory(entry))
  return {
    format,
    log,
    epoch,
    writer,
    clean: false,
    truncated,
    segments: [...history, active, ...bases],
    obsolete,
    ...(lost.length === 0 ? {} : { lost }),
    ...(resealed.length === 0 ? {} : { resealed }),
  }
}

async function beginSegment(environment: Environment, dir: string, recovery: Recovery): Promise<StagedSegment> {
  const { log, segment, epoch, firstSeq, prev, rehome } = recovery
  const header = {
    format,
    log,
    segment,
    epoch,
    kind: 'log' as const,
    firstSeq,
    ...(prev === undefined ? {} : { prev }),
  }
  if (rehome === undefined) return stageSegment(environment, { dir, header })
  const { file: name, from, to, lastSeq } = rehome
  return stageSegment(environment, {
    dir,
    header,
    fill: (target) =>
      withFile(environment.disk, { dir, name }, async (source) => {
        for await (const piece of wholeLines(fileChunks(source, { from, to }), from))
          await copyCommits(piece.bytes, target)
        // True as soon as anyone can see it: the segment is synced before it is published.
        await target.append(durableLine({ seq: lastSeq, dur: lastSeq }, timestampOf(environment.clock)))
      }),
  })
}

async function copyCommits(lines: Buffer, target: ActiveSegment): Promise<void> {
  const runs: Buffer[] = []
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(0x0a, at) + 1
    if (!isControl(lines, at)) runs.push(lines.subarray(at, end))
    at = end
  }
  await target.append(Buffer.concat(runs))
}

async function cutFile({ disk }: Environment, dir: string, cut: { file: string; bytes: number }): Promise<void> {
  const file = await disk.open(join(dir, cut.file), 'change')
  try {
    await file.truncate(cut.bytes)
    await file.datasync()
  } finally {
    await file.close()
  }
}
