import { StatewardError } from '@stateward/contract'
import { parseControl, type SegmentHeader } from './control-line.ts'
import type { Disk } from './disk.ts'
import { readFirstLine } from './first-line.ts'
import { format } from './format.ts'
import type { HistoryEntry, Manifest } from './manifest.ts'
import { withFile } from './open-file.ts'
import { fileNames } from './segment-name.ts'
import type { Survey } from './survey.ts'

type LogHeader = Extract<SegmentHeader, { kind: 'log' }>

/**
 * The manifest that a store without a readable one must have had, from the headers of its segments: each names the end
 * of the one before it. Throws `CORRUPT` unless they make one chain that begins at the log's first commit and uses every
 * segment there is.
 */
export async function rebuildManifest(disk: Disk, survey: Survey): Promise<Manifest> {
  const { segments, archived, plain } = survey
  if (segments.length === 0) throw refusal(survey, 'no segment is there to rebuild it from')
  if (archived.length > 0 || plain.length > 0 || segments.some(({ kind }) => kind === 'base')) {
    throw refusal(survey, 'archived, adopted or base files are there, which only a manifest can place')
  }
  const headers: LogHeader[] = []
  for (const { file: name } of segments) headers.push(await headerOf(disk, survey, name))
  const chain = headers.sort((left, right) => left.segment - right.segment)
  for (const [index, header] of chain.entries()) {
    const before = chain[index - 1]
    const follows = before === undefined ? header.firstSeq === 1 && header.prev === undefined : isNext(before, header)
    if (!follows) throw refusal(survey, `segment ${header.segment} does not follow from the one before it`)
  }
  const last = chain.at(-1)
  if (last === undefined) throw refusal(survey, 'no segment is there to rebuild it from')
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

async function headerOf(disk: Disk, survey: Survey, name: string): Promise<LogHeader> {
  const line = await withFile(disk, { dir: survey.dir, name }, readFirstLine)
  const control = line === undefined ? 'unreadable' : parseControl(line)
  if (typeof control === 'string' || control.type !== '$segment' || control.header.kind !== 'log') {
    throw refusal(survey, `the header of ${name} does not read`)
  }
  return control.header
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
    `${dir}: ${reason}. Nothing was changed. Restore it from a backup, or look at ${fileNames.previousManifest}.`,
    {
      details: {
        damage: [{ file: fileNames.manifest, line: 1, byte: 0, reason }],
        damagedLines: 1,
        segments: segments.map(({ file }) => file),
      },
    },
  )
}
