import { join } from 'node:path'
import { StatewardError } from '@stateward/contract'
import { timestampOf } from '../environment/environment.ts'
import { removeObsolete } from '../files/obsolete.ts'
import { withFile } from '../files/open-file.ts'
import { SegmentWriter } from '../files/segment-writer.ts'
import { createTemporary, writeWhole } from '../files/write-whole.ts'
import { gapLine, headerLine, type SegmentEnd } from '../format/control-line.ts'
import { format } from '../format/format.ts'
import { sealedLine } from '../format/line.ts'
import type { Entry, LogEntry, Manifest, PlainEntry } from '../format/manifest.ts'
import { fileNames, segmentName } from '../format/segment-name.ts'
import { listedManifest } from '../manifest/listed-manifest.ts'
import { writeManifest } from '../manifest/manifest-file.ts'
import { type CareOptions, type HeldStore, holdStore } from '../recovery/held-store.ts'
import { keepAside, makeQuarantine } from '../recovery/quarantine.ts'
import { corrupt, DamageList } from '../scanning/damage.ts'
import { scanSegment } from '../scanning/scan.ts'
import { freeId } from './free-id.ts'
import { planReseal, type Resealing } from './plan-reseal.ts'
import { type ResealReport, resealText } from './reseal-report.ts'

export interface ResealOptions extends CareOptions {
  /** Whether to find out only what a resealing would do. Default true. */
  readonly dryRun?: boolean
}

/**
 * Takes files that a person has edited for the log's own: numbers their commits as they stand, seals each line anew, and
 * marks the store. Every line must be one of a log, every record's versions must follow each other through the whole log,
 * and only the last segment may have become longer or shorter, because the commits behind it are numbered already. What
 * was damaged and not edited is taken for edited too: repair first. The edited files and a report are kept in
 * `quarantine/`. Offline: `LOCKED` while a writer is open. Rejects with `CORRUPT` naming every line that does not fit, and
 * files of another log; nothing is changed then.
 */
export function resealLog(options: ResealOptions): Promise<ResealReport> {
  return holdStore(options, (store) => resealHeld(store, options.dryRun !== false))
}

async function resealHeld(store: HeldStore, dryRun: boolean): Promise<ResealReport> {
  const { environment, dir, survey } = store
  const { manifest } = survey
  if (typeof manifest === 'string') {
    throw new StatewardError('CORRUPT', `the manifest of ${dir} does not read: ${manifest}. Repair it first.`)
  }
  // What was edited is known from the manifest only: one that is made anew takes every line for its own.
  if (manifest === undefined && (await listedManifest(environment.disk, survey)) !== undefined) {
    throw new StatewardError('CORRUPT', `${dir} holds segments and no manifest that lists them. Repair it first.`)
  }
  const found = manifest === undefined ? [] : await planReseal(environment.disk, dir, manifest)
  const id = dryRun || found.length === 0 ? undefined : await freeId(store, 'reseal')
  const report: ResealReport = {
    ...(id === undefined ? {} : { id }),
    at: timestampOf(environment.clock),
    dryRun,
    files: found.map(({ entry, lastSeq, edited }) => ({
      file: entry.file,
      ...(id === undefined ? {} : { keptIn: keptIn(id, entry.file) }),
      firstSeq: entry.firstSeq,
      lastSeq,
      edited,
    })),
  }
  if (id !== undefined && manifest !== undefined) await publish(store, { manifest, found, report, id })
  return report
}

interface Publishing {
  readonly manifest: Manifest
  readonly found: readonly Resealing[]
  readonly report: ResealReport
  readonly id: string
}

/** In the order of a salvage: keep, write beside, report, publish, let go. A crash leaves the one or the other. */
async function publish(store: HeldStore, { manifest, found, report, id }: Publishing): Promise<void> {
  const { environment, dir, owner, survey } = store
  const { disk } = environment
  for (const { entry } of found) {
    const to = (await disk.stat(join(dir, entry.file)))?.bytes ?? 0
    await keepAside(disk, dir, { file: entry.file, from: 0, to, keptIn: keptIn(id, entry.file) })
  }
  let segment = Math.max(0, ...[...manifest.segments, ...survey.segments].map((one) => one.segment))
  const made = new Map<Entry, Entry>()
  let prev: SegmentEnd | undefined
  for (const entry of manifest.segments) {
    const resealing = found.find((one) => one.entry === entry)
    if (resealing !== undefined)
      made.set(entry, await sealed(store, { manifest, resealing, id, segment: ++segment, prev }))
    const now = made.get(entry) ?? entry
    if (now.kind === 'log' || now.kind === 'archive') prev = endOf(now)
  }
  await disk.syncDirectory(dir)
  await makeQuarantine(disk, dir)
  const path = join(dir, fileNames.quarantine, id)
  await writeWhole(disk, `${path}.json`, Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`))
  await writeWhole(disk, `${path}.txt`, Buffer.from(`${resealText(report, dir).join('\n')}\n`))
  await disk.syncDirectory(join(dir, fileNames.quarantine))
  const obsolete = found.flatMap(({ entry }) => (entry.kind === 'plain' ? [] : [entry.file]))
  const next: Manifest = {
    ...manifest,
    epoch: manifest.epoch + 1,
    writer: owner,
    clean: false,
    segments: manifest.segments.map((entry) => made.get(entry) ?? entry),
    obsolete: [...new Set([...manifest.obsolete, ...obsolete])],
    resealed: [...(manifest.resealed ?? []), id],
  }
  await writeManifest(environment, dir, next)
  await removeObsolete(disk, dir, next.obsolete)
}

interface Sealing {
  readonly manifest: Manifest
  readonly resealing: Resealing
  readonly id: string
  readonly segment: number
  readonly prev: SegmentEnd | undefined
}

async function sealed(store: HeldStore, sealing: Sealing): Promise<LogEntry | PlainEntry> {
  const { resealing, segment, manifest } = sealing
  const { entry, plain, lastSeq } = resealing
  if (entry.kind === 'plain') return plain === undefined ? entry : { ...entry, ...plain }
  const { environment, dir } = store
  const { disk } = environment
  const file = segmentName('log', segment)
  const target = await createTemporary(disk, join(dir, file))
  const sums = await writeLines(store, new SegmentWriter(target), sealing).finally(() => target.close())
  const { firstSeq } = entry
  const made: LogEntry = { kind: 'log', file, segment, epoch: manifest.epoch, firstSeq, lastSeq, ...sums }
  await withFile(disk, { dir, name: file + fileNames.temporary }, async (again) => {
    const scan = await scanSegment(again, file, made.bytes)
    if (scan.damage.lines === 0 && scan.crc === made.crc && scan.lastSeq === lastSeq) return
    const damage = new DamageList()
    damage.add({ file, line: scan.lines + 1, byte: scan.goodBytes, reason: 'it does not read back as it was written' })
    throw corrupt(damage, 'Nothing was changed. Check the disk.')
  })
  await disk.rename(join(dir, file) + fileNames.temporary, join(dir, file))
  return made
}

async function writeLines(
  { environment }: HeldStore,
  writer: SegmentWriter,
  { manifest, resealing, id, segment, prev }: Sealing,
): Promise<{ bytes: number; crc: string }> {
  const timestamp = timestampOf(environment.clock)
  const { log, epoch } = manifest
  const { firstSeq } = resealing.entry
  // As a salvage does it: of the former epoch, and named, so that a crash leaves a file that counts for nothing.
  const header = { format, log, segment, epoch, salvage: id, kind: 'log' as const, firstSeq }
  await writer.add(headerLine(prev === undefined ? header : { ...header, prev }, timestamp))
  for (const line of resealing.lines ?? []) {
    await writer.add('gap' in line ? gapLine(line.gap, timestamp) : sealedLine(line.record, { seq: line.seq }))
  }
  return writer.end()
}

function keptIn(id: string, file: string): string {
  return `${fileNames.quarantine}/${id}.${file}`
}

function endOf({ segment, lastSeq, bytes, crc }: SegmentEnd): SegmentEnd {
  return { segment, lastSeq, bytes, crc }
}
