import { join } from 'node:path'
import type { Quarantined, RecoveryReport, Seq } from '@stateward/contract'
import { type ActiveSegment, createSegment } from './active-segment.ts'
import { fileChunks, wholeLines } from './chunks.ts'
import { durableLine, isControl } from './control-line.ts'
import { type Environment, timestampOf } from './environment.ts'
import { format } from './format.ts'
import { isHistory, type Manifest } from './manifest.ts'
import { writeManifest } from './manifest-file.ts'
import { removeFiles, removeObsolete } from './obsolete.ts'
import { withFile } from './open-file.ts'
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
  const active = await beginSegment(environment, dir, recovery)
  try {
    const manifest = manifestOf(recovery, active, owner)
    await writeManifest(environment, dir, manifest)
    for (const cut of recovery.cuts) await cutFile(environment, dir, cut)
    await removeObsolete(disk, dir, manifest.obsolete)
    const lastSeq = recovery.rehome?.lastSeq ?? recovery.firstSeq - 1
    const { clean, created, adopted, ended } = recovery
    return { active, manifest, lastSeq, ended, report: { clean, created, lastSeq, quarantined, adopted } }
  } catch (error) {
    await active.file.close().catch(() => {})
    throw error
  }
}

function manifestOf(recovery: Recovery, active: ActiveSegment, writer: string): Manifest {
  const { log, epoch, truncated, kept, obsolete, lost, resealed } = recovery
  const history = kept.filter(isHistory)
  const bases = kept.filter((entry) => !isHistory(entry))
  return {
    format,
    log,
    epoch,
    writer,
    clean: false,
    truncated,
    segments: [...history, active.entry, ...bases],
    obsolete,
    ...(lost.length === 0 ? {} : { lost }),
    ...(resealed.length === 0 ? {} : { resealed }),
  }
}

async function beginSegment(environment: Environment, dir: string, recovery: Recovery): Promise<ActiveSegment> {
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
  if (rehome === undefined) return createSegment(environment, { dir, header })
  const { file: name, from, to, lastSeq } = rehome
  return createSegment(environment, {
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
