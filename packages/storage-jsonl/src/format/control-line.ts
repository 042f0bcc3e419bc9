import type { Epoch, Seq } from '@stateward/contract'
import { type Format, format, parseFormat } from './format.ts'
import { jsonObject } from './json-object.ts'
import { sealedLine } from './line.ts'

/** Where the log segment before this one ended. */
export interface SegmentEnd {
  readonly segment: number
  readonly lastSeq: Seq
  readonly bytes: number
  /** Of all its bytes, eight hex digits. */
  readonly crc: string
}

interface HeaderOf {
  readonly format: Format
  /** Names the log: the same in all of its segments. */
  readonly log: string
  readonly segment: number
  readonly epoch: Epoch
  /** Names the salvage that has written this segment out of what was left of another one. */
  readonly salvage?: string
}

/** What the first line of a segment says. */
export type SegmentHeader =
  | (HeaderOf & {
      readonly kind: 'log'
      readonly firstSeq: Seq
      readonly prev?: SegmentEnd
      /** Commits may be missing in it, because retention has let go of them. */
      readonly sparse?: true
    })
  | (HeaderOf & { readonly kind: 'base'; readonly upTo: Seq })

/** Commits `from` … `to` are missing here: a salvage could not read them. `sha256` is that of the bytes it kept instead. */
export interface Gap {
  readonly from: Seq
  readonly to: Seq
  readonly sha256: string
  readonly report: string
}

const controlStart = Buffer.from('{"type":"$')

/** Whether the line that begins at `start` is one of the storage's own, not a commit. */
export function isControl(bytes: Uint8Array, start = 0): boolean {
  for (let at = 0; at < controlStart.length; at++) if (bytes[start + at] !== controlStart[at]) return false
  return true
}

export function headerLine(header: SegmentHeader, timestamp: string): Buffer {
  const seq = header.kind === 'log' ? header.firstSeq - 1 : header.upTo
  return controlLine('$segment', { timestamp, data: header, seq })
}

/** The last line of a segment whose writer has ended in order: everything up to `seq` is durable. */
export function closeLine(seq: Seq, timestamp: string): Buffer {
  return controlLine('$close', { timestamp, data: {}, seq, dur: seq })
}

/** Says, after a while without commits, that everything up to `dur` is durable. */
export function durableLine(dur: { readonly seq: Seq; readonly dur: Seq }, timestamp: string): Buffer {
  return controlLine('$dur', { timestamp, data: {}, ...dur })
}

/** Behind commit `seq`, lines of a later epoch follow: only in the archive, which holds several segments in one. */
export function epochLine({ seq, epoch }: { readonly seq: Seq; readonly epoch: Epoch }, timestamp: string): Buffer {
  return controlLine('$epoch', { timestamp, data: { epoch }, seq })
}

export function gapLine(gap: Gap, timestamp: string): Buffer {
  return controlLine('$gap', { timestamp, data: gap, seq: gap.from - 1 })
}

function controlLine(
  type: string,
  { timestamp, data, seq, dur }: { timestamp: string; data: object; seq: Seq; dur?: Seq },
): Buffer {
  const record = Buffer.from(JSON.stringify({ type, timestamp, data }))
  return sealedLine(record, dur === undefined ? { seq } : { seq, dur })
}

/** A storage's own line, as the scan of a segment sees it. */
export type Control =
  | { readonly type: '$segment'; readonly header: SegmentHeader }
  | { readonly type: '$gap'; readonly gap: Gap }
  | { readonly type: '$epoch'; readonly epoch: Epoch }
  | { readonly type: '$close' | '$dur' | 'other' }
  /** A segment's header of a format that cannot be read here. */
  | { readonly type: 'foreign'; readonly format: Format }

/** Reads a line whose checksum holds. Returns in words what is wrong when it is not as this storage writes it. */
export function parseControl(line: string): Control | string {
  const found = jsonObject(line)
  if (found === undefined) return 'it is not a JSON object'
  const { type, data } = found
  switch (type) {
    case '$segment':
      return parseHeader(data)
    case '$gap':
      return parseGap(data)
    case '$epoch':
      return parseEpoch(data)
    case '$close':
    case '$dur':
      return { type }
    default:
      return { type: 'other' }
  }
}

function parseHeader(data: unknown): Control | string {
  const found = data as Partial<
    Record<
      'log' | 'segment' | 'epoch' | 'kind' | 'firstSeq' | 'upTo' | 'prev' | 'format' | 'salvage' | 'sparse',
      unknown
    >
  >
  const version = parseFormat(found?.format)
  if (version === undefined) return 'the segment header names no format'
  if (version.major !== format.major || version.incompat.length > 0) return { type: 'foreign', format: version }
  if (typeof found.log !== 'string' || !isCount(found.segment) || !isCount(found.epoch)) {
    return 'the segment header lacks log, segment or epoch'
  }
  const made = typeof found.salvage === 'string' ? { salvage: found.salvage } : {}
  const shared = { format: version, log: found.log, segment: found.segment, epoch: found.epoch, ...made }
  if (found.kind === 'base') {
    if (!isCount(found.upTo)) return 'the base header lacks upTo'
    return { type: '$segment', header: { ...shared, kind: 'base', upTo: found.upTo } }
  }
  const prev = found.prev === undefined ? undefined : parseEnd(found.prev)
  if (!isCount(found.firstSeq) || typeof prev === 'string') return 'the segment header lacks firstSeq or a whole prev'
  const holes = found.sparse === true ? { sparse: true as const } : {}
  const log = { ...shared, kind: 'log' as const, firstSeq: found.firstSeq, ...holes }
  return { type: '$segment', header: prev === undefined ? log : { ...log, prev } }
}

function parseEnd(value: unknown): SegmentEnd | string {
  const { segment, lastSeq, bytes, crc } = (value ?? {}) as Partial<Record<keyof SegmentEnd, unknown>>
  if (!isCount(segment) || !isCount(lastSeq) || !isCount(bytes) || typeof crc !== 'string') return 'no end'
  return { segment, lastSeq, bytes, crc }
}

function parseEpoch(data: unknown): Control | string {
  const epoch = typeof data === 'object' && data !== null && 'epoch' in data ? data.epoch : undefined
  return isCount(epoch) ? { type: '$epoch', epoch } : 'the epoch line names no epoch'
}

function parseGap(data: unknown): Control | string {
  const { from, to, sha256, report } = (data ?? {}) as Partial<Record<keyof Gap, unknown>>
  if (!isCount(from) || !isCount(to) || to < from) return 'the gap line names no commits'
  if (typeof sha256 !== 'string' || typeof report !== 'string') return 'the gap line lacks sha256 or report'
  return { type: '$gap', gap: { from, to, sha256, report } }
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
