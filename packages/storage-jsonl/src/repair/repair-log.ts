import { join } from 'node:path'
import type { DiskFile } from '@stateward/contract'
import { timestampOf } from '../environment/environment.ts'
import { fileChunks } from '../files/chunks.ts'
import { removeFiles } from '../files/obsolete.ts'
import { withFile } from '../files/open-file.ts'
import { SegmentWriter } from '../files/segment-writer.ts'
import { createTemporary, writeWhole } from '../files/write-whole.ts'
import { type ActiveEntry, type Entry, isHistory, type Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import { writeManifest } from '../manifest/manifest-file.ts'
import { assessEntry } from '../recovery/assess-history.ts'
import { type CareOptions, type HeldStore, holdStore } from '../recovery/held-store.ts'
import { keepAside, makeQuarantine } from '../recovery/quarantine.ts'
import { classifyTail } from '../scanning/classify.ts'
import { DamageList } from '../scanning/damage.ts'
import { assessPlain } from '../scanning/plain.ts'
import { Scan } from '../scanning/scan.ts'
import { freeId } from './free-id.ts'
import { mendSegment } from './mend-segment.ts'
import { type RepairedManifest, repairedManifest } from './repair-manifest.ts'
import { type RepairedFile, type RepairReport, repairText } from './repair-report.ts'

const lineFeed = 0x0a

export interface RepairOptions extends CareOptions {
  /** Whether to find out only what a repair would do. Default true: a repair is looked at before it is made. */
  readonly dryRun?: boolean
}

/**
 * Mends exactly what one flipped bit of a line, or a line feed that was lost or came in, has damaged: where only one
 * text has the checksum that is written, that text was there. Rebuilds a manifest where the segments make one chain, and
 * removes unfinished files. Nothing is guessed: what can be mended in several ways, or in none, stays and is reported. A
 * mended file is written anew, the former one and a report are kept in `quarantine/`. Offline: `LOCKED` while a writer is
 * open. Rejects with `CORRUPT` where no manifest can be had, `FULL`, `STORAGE_FAILED`.
 */
export function repairLog(options: RepairOptions): Promise<RepairReport> {
  return holdStore(options, (store) => repairHeld(store, options.dryRun !== false))
}

async function repairHeld(store: HeldStore, dryRun: boolean): Promise<RepairReport> {
  const { environment, dir, survey } = store
  const { disk, clock } = environment
  const isNew = survey.manifest === undefined && survey.segments.length === 0 && survey.archived.length === 0
  // Plain files that nobody has adopted: what is wrong with them is for a person to mend.
  if (isNew) await assessPlain(disk, dir, survey.plain)
  const listed = isNew ? undefined : await repairedManifest(disk, survey)
  const id = dryRun ? undefined : await freeId(store, 'repair')
  if (id !== undefined && listed !== undefined) await putManifest(store, listed, id)
  const { damage, files, isWhole } = await repairFiles(store, listed?.manifest, id)
  if (!dryRun) await removeFiles(disk, dir, survey.temporary)
  const found = { damage: damage.named, damagedLines: damage.lines, manifest: listed?.kind ?? ('whole' as const) }
  const report: RepairReport = {
    ...(id === undefined ? {} : { id }),
    at: timestampOf(clock),
    dryRun,
    ...found,
    files,
    leftovers: survey.temporary,
    isWhole,
  }
  if (id !== undefined && (files.length > 0 || found.manifest !== 'whole')) await keepReport(store, report, id)
  return report
}

interface FilesRepaired {
  readonly damage: DamageList
  readonly files: readonly RepairedFile[]
  readonly isWhole: boolean
}

async function repairFiles(
  store: HeldStore,
  manifest: Manifest | undefined,
  id: string | undefined,
): Promise<FilesRepaired> {
  const damage = new DamageList()
  const files: RepairedFile[] = []
  let isWhole = true
  if (manifest === undefined) return { damage, files, isWhole }
  const place = { disk: store.environment.disk, dir: store.dir, manifest }
  const last = manifest.segments.findLast(isHistory)
  for (const entry of manifest.segments) {
    const found = await assessEntry(place, entry, entry === last)
    damage.addAll(found.damage)
    const isDamaged = found.damage.lines > 0
    if (!isDamaged && (found.quarantine ?? []).length === 0) continue
    const file = await repairFile(store, entry, id)
    if (file !== undefined && (isDamaged || file.report.mended.length > 0)) files.push(file.report)
    // Without a scan it is the header that tells of another file than the listed one: of its lines none is bad.
    if (isDamaged && (found.scan === undefined || file?.isSound !== true)) isWhole = false
  }
  return { damage, files, isWhole }
}

interface FileRepaired {
  readonly report: RepairedFile
  /** Whether an opening finds no damage in what the file is after it. */
  readonly isSound: boolean
}

/** Mends one file; `undefined` where its lines have no seals to go by, or it is not there. */
async function repairFile(
  { environment: { disk }, dir }: HeldStore,
  entry: Entry,
  id: string | undefined,
): Promise<FileRepaired | undefined> {
  const { file: name } = entry
  if (entry.kind === 'plain' || entry.kind === 'archive') return undefined
  if ((await disk.stat(join(dir, name)))?.kind !== 'file') return undefined
  const { isSound, ...look } = await withFile(disk, { dir, name }, (file) => mend(file, entry, undefined))
  const report = { file: name, ...look }
  if (id === undefined || look.mended.length === 0) return { report, isSound }
  const keptIn = `${fileNames.quarantine}/${id}.${name}`
  await withFile(disk, { dir, name }, async (file) => {
    const { bytes } = await file.stat()
    await keepAside(disk, dir, { file: name, from: 0, to: bytes, keptIn })
    const target = await createTemporary(disk, join(dir, name))
    await mend(file, entry, target).finally(() => target.close())
  })
  await disk.rename(join(dir, name) + fileNames.temporary, join(dir, name))
  await disk.syncDirectory(dir)
  return { report: { ...report, keptIn }, isSound }
}

async function mend(
  file: DiskFile,
  entry: Exclude<Entry, { kind: 'plain' | 'archive' }>,
  target: DiskFile | undefined,
): Promise<Pick<RepairedFile, 'mended' | 'left' | 'isExact'> & Pick<FileRepaired, 'isSound'>> {
  const writer = new SegmentWriter(target)
  const scan = new Scan(entry.file)
  let offset = 0
  const { bytes } = await file.stat()
  const places = await mendSegment(fileChunks(file, { from: 0, to: bytes }), {
    isBase: entry.kind === 'base',
    before: entry.kind === 'base' ? 0 : entry.firstSeq - 1,
    isHeader: (control) => control.type === '$segment' && control.header.segment === entry.segment,
    write: (line) => {
      scan.look({ bytes: line, offset, whole: line.at(-1) === lineFeed })
      offset += line.length
      return writer.add(line)
    },
  })
  const sums = await writer.end()
  const isExact = entry.kind !== 'active' && sums.bytes === entry.bytes && sums.crc === entry.crc
  return {
    mended: places.filter(({ isMended }) => isMended),
    left: places.filter(({ isMended }) => !isMended),
    isExact,
    // Of a file that was being written the manifest knows no sum. Its lines may hold each, and one of them be gone.
    isSound: isExact || (entry.kind === 'active' && isSoundEnd(scan, entry)),
  }
}

function isSoundEnd(scan: Scan, { firstSeq }: ActiveEntry): boolean {
  return scan.header !== undefined && classifyTail(scan, firstSeq - 1) !== 'corrupt'
}

/** Puts a manifest that was corrected or rebuilt in its place; the former one is kept. */
async function putManifest(
  { environment, dir }: HeldStore,
  { manifest, kind, bytes }: RepairedManifest,
  id: string,
): Promise<void> {
  if (kind === 'whole') return
  const { disk } = environment
  const former = await disk.stat(join(dir, fileNames.manifest))
  if (former !== undefined) {
    const keptIn = `${fileNames.quarantine}/${id}.${fileNames.manifest}`
    await keepAside(disk, dir, { file: fileNames.manifest, from: 0, to: former.bytes, keptIn })
  }
  if (bytes === undefined) return writeManifest(environment, dir, manifest)
  await writeWhole(disk, join(dir, fileNames.manifest), bytes)
  await disk.syncDirectory(dir)
}

async function keepReport({ environment: { disk }, dir }: HeldStore, report: RepairReport, id: string): Promise<void> {
  await makeQuarantine(disk, dir)
  const path = join(dir, fileNames.quarantine, id)
  await writeWhole(disk, `${path}.json`, Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`))
  await writeWhole(disk, `${path}.txt`, Buffer.from(`${repairText(report, dir).join('\n')}\n`))
  await disk.syncDirectory(join(dir, fileNames.quarantine))
}
