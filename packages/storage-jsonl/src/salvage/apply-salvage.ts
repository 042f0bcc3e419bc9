import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { removeFiles, removeObsolete } from '../files/obsolete.ts'
import { writeWhole } from '../files/write-whole.ts'
import type { SegmentEnd } from '../format/control-line.ts'
import type { Entry, HistoryEntry, Manifest } from '../format/manifest.ts'
import { fileNames, isRemovableName } from '../format/segment-name.ts'
import { writeManifest } from '../manifest/manifest-file.ts'
import type { Survey } from '../manifest/survey.ts'
import { keepAside, makeQuarantine } from '../recovery/quarantine.ts'
import { rewriteSegment } from './rewrite-segment.ts'
import type { SalvagePlan, Step } from './salvage-plan.ts'
import { fileReport, keptName, reportOf, type SalvageReport } from './salvage-report.ts'
import { salvageText } from './salvage-text.ts'

/**
 * Does what a plan says, in an order in which a crash at any step leaves the damaged store as it was, or the salvaged
 * one: keep the damaged files, write what they still hold beside them, keep the report, publish, and only then let go.
 */
export async function applySalvage(
  environment: Environment,
  { dir, owner, plan, survey }: { dir: string; owner: string; plan: SalvagePlan; survey: Survey },
): Promise<SalvageReport> {
  const { disk, clock } = environment
  await removeFiles(disk, dir, survey.temporary)
  const there = await keepFiles(disk, dir, plan)
  const made = await writeSegments(environment, { dir, plan, survey })
  await disk.syncDirectory(dir)
  const report = reportOf(plan, reportedFiles(plan, { made, there }), { at: timestampOf(clock), dryRun: false })
  await makeQuarantine(disk, dir)
  const path = join(dir, fileNames.quarantine, plan.id)
  await writeWhole(disk, `${path}.json`, Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`))
  await writeWhole(disk, `${path}.txt`, Buffer.from(`${salvageText(report, dir).join('\n')}\n`))
  await disk.syncDirectory(join(dir, fileNames.quarantine))
  const manifest = manifestOf(plan, made, owner)
  await writeManifest(environment, dir, manifest)
  await removeObsolete(disk, dir, manifest.obsolete)
  return report
}

/** Which of the files of a plan are there. */
export async function filesThere(disk: Disk, dir: string, { aside }: SalvagePlan): Promise<ReadonlySet<string>> {
  const there = new Set<string>()
  for (const file of aside) if ((await disk.stat(join(dir, file)))?.kind === 'file') there.add(file)
  return there
}

export function reportedFiles(
  { aside, steps, id }: SalvagePlan,
  { made, there }: { made: ReadonlyMap<Step, Entry>; there: ReadonlySet<string> },
): SalvageReport['files'] {
  return aside.map((file) => {
    const step = steps.find(({ entry }) => entry.file === file)
    const becomes = step === undefined ? undefined : made.get(step)?.file
    return fileReport({ file, step, id, isThere: there.has(file) }, becomes)
  })
}

async function keepFiles(disk: Disk, dir: string, plan: SalvagePlan): Promise<ReadonlySet<string>> {
  const there = await filesThere(disk, dir, plan)
  for (const file of there) {
    const to = (await disk.stat(join(dir, file)))?.bytes ?? 0
    await keepAside(disk, dir, { file, from: 0, to, keptIn: keptName(plan.id, file) })
  }
  return there
}

async function writeSegments(
  environment: Environment,
  { dir, plan, survey }: { dir: string; plan: SalvagePlan; survey: Survey },
): Promise<ReadonlyMap<Step, Entry>> {
  const { manifest, steps, id } = plan
  const numbers = [...manifest.segments, ...survey.segments].map(({ segment }) => segment)
  let segment = numbers.reduce((most, number) => Math.max(most, number), 0)
  const made = new Map<Step, Entry>()
  let prev: SegmentEnd | undefined
  for (const step of steps) {
    if (step.kind === 'rewrite' && step.lastSeq >= step.firstSeq) {
      segment++
      made.set(step, await rewriteSegment(environment, { dir, manifest, segment, prev, id, rewriting: step }))
    }
    prev = endOf(step.kind === 'keep' ? step.entry : made.get(step)) ?? prev
  }
  return made
}

function manifestOf(plan: SalvagePlan, made: ReadonlyMap<Step, Entry>, writer: string): Manifest {
  const { manifest, steps, truncated, aside, obsolete, lost } = plan
  return {
    ...manifest,
    epoch: manifest.epoch + 1,
    writer,
    clean: false,
    truncated,
    segments: steps.flatMap((step) => (step.kind === 'keep' ? [step.entry] : (made.get(step) ?? []))),
    obsolete: [...new Set([...manifest.obsolete, ...obsolete, ...aside.filter(isRemovableName)])],
    lost: [...(manifest.lost ?? []), ...lost],
  }
}

function endOf(entry: Entry | undefined): SegmentEnd | undefined {
  if (entry === undefined || entry.kind === 'base' || isOpen(entry)) return undefined
  const { segment, lastSeq, bytes, crc } = entry
  return { segment, lastSeq, bytes, crc }
}

function isOpen(entry: HistoryEntry): entry is Extract<HistoryEntry, { kind: 'active' | 'plain' }> {
  return entry.kind === 'active' || entry.kind === 'plain'
}
