import type { Disk } from '@stateward/contract'
import { type Seq, StatewardError } from '@stateward/contract'
import { withFile } from '../files/open-file.ts'
import { parseControl, type SegmentHeader } from '../format/control-line.ts'
import { format } from '../format/format.ts'
import type { HistoryEntry, Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import { readFirstLine } from '../scanning/first-line.ts'
import type { Survey } from './survey.ts'

type LogHeader = Extract<SegmentHeader, { kind: 'log' }>

interface HeaderFound {
  readonly header: LogHeader
  /** Whether the segment holds nothing else, and so no commit. */
  readonly isBare: boolean
}

/**
 * The manifest that a store without a readable one must have had, from the headers of its segments: each names the end
 * of the one before it. Throws `CORRUPT` unless those that hold commits make one chain from the log's first commit on.
 */
export async function rebuildManifest(disk: Disk, survey: Survey): Promise<Manifest> {
  const { segments, archived, plain } = survey
  if (archived.length > 0 || plain.length > 0 || segments.some(({ kind }) => kind === 'base')) {
    throw refusal(survey, 'archived, adopted or base files are there, which only a manifest can place')
  }
  const headers: HeaderFound[] = []
  for (const { file: name } of segments) headers.push(await headerOf(disk, survey, name))
  headers.sort((left, right) => left.header.segment - right.header.segment)
  const last = headers.at(-1)?.header
  if (last === undefined) throw refusal(survey, 'no segment is there to rebuild it from')
  // A bare segment was given up, or never published, or is the last one and still empty: no chain leads through it.
  const chain = headers.filter(({ isBare, header }) => !isBare || header === last).map(({ header }) => header)
  for (const [index, header] of chain.entries()) {
    const before = chain[index - 1]
    const follows = before === undefined ? header.firstSeq === 1 && header.prev === undefined : isNext(before, header)
    if (!follows) throw refusal(survey, `segment ${header.segment} does not follow from the one before it`)
  }
  return {
    format,
    log: last.log,
    epoch: last.epoch,
    writer: '',
    clean: false,
    truncated: 0,
    segments: chain.map((header, index) => entryOf(header, chain[index + 1])),
    obsolete: [],
  }
}

/**
 * Whether a directory without a manifest never had one: a crash came before the first was published. Then its segments
 * are bare and begin behind `adopted`, the commits of the plain files beside them.
 */
export async function isUnpublished(disk: Disk, survey: Survey, adopted: Seq): Promise<boolean> {
  if (survey.manifest !== undefined || survey.previous !== undefined || survey.archived.length > 0) return false
  for (const { file: name, kind } of survey.segments) {
    if (kind === 'base') return false
    const { header, isBare } = await headerOf(disk, survey, name)
    if (!isBare || header.firstSeq !== adopted + 1) return false
  }
  return true
}

async function headerOf(disk: Disk, survey: Survey, name: string): Promise<HeaderFound> {
  const line = await withFile(disk, { dir: survey.dir, name }, readFirstLine)
  const control = line === undefined ? 'unreadable' : parseControl(line.text)
  if (
    line === undefined ||
    typeof control === 'string' ||
    control.type !== '$segment' ||
    control.header.kind !== 'log'
  ) {
    throw refusal(survey, `the header of ${name} does not read`)
  }
  return { header: control.header, isBare: line.isAll }
}

function isNext(before: LogHeader, { log, epoch, prev, firstSeq }: LogHeader): boolean {
  return (
    log === before.log && epoch >= before.epoch && prev?.segment === before.segment && firstSeq === prev.lastSeq + 1
  )
}

function entryOf(header: LogHeader, next: LogHeader | undefined): HistoryEntry {
  const { segment, epoch, firstSeq } = header
  const file = `log-${String(segment).padStart(8, '0')}.jsonl`
  if (next?.prev === undefined) return { kind: 'active', file, segment, epoch, firstSeq }
  const { lastSeq, bytes, crc } = next.prev
  return { kind: 'log', file, segment, epoch, firstSeq, lastSeq, bytes, crc }
}

function refusal({ dir, manifest, segments }: Survey, why: string): StatewardError {
  const state = manifest === undefined ? 'is missing' : `does not read (${manifest})`
  const reason = `${fileNames.manifest} ${state}, and cannot be rebuilt: ${why}`
  return new StatewardError(
    'CORRUPT',
    `${dir}: ${reason}. Nothing was changed. Restore it from a backup, or look whether it can be mended: npx stateward repair --dir ${dir}`,
    {
      details: {
        damage: [{ file: fileNames.manifest, line: 1, byte: 0, reason }],
        damagedLines: 1,
        segments: segments.map(({ file }) => file),
      },
    },
  )
}
