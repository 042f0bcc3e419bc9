import type { DiskFile, Seq } from '@stateward/contract'
import type { Verify } from '../environment/options.ts'
import { checksumOf } from '../files/file-sums.ts'
import type { SegmentHeader } from '../format/control-line.ts'
import { readTail } from '../format/line.ts'
import type { ActiveEntry, BaseEntry, LogEntry } from '../format/manifest.ts'
import { classifyTail, isTorn } from '../scanning/classify.ts'
import { DamageList, lineNumberAt } from '../scanning/damage.ts'
import { type SegmentScan, scanSegment } from '../scanning/scan.ts'
import type { Cutting, Rehoming } from './recovery.ts'

const lineFeed = 0x0a
/** Most last lines are shorter; a segment with a longer one is read whole. */
const endBytes = 65_536

/** What an opening found in one segment. */
export interface SegmentFound {
  readonly damage: DamageList
  readonly header?: SegmentHeader | undefined
  /** The scan, where the segment was read line by line. */
  readonly scan?: SegmentScan
  /** The entry to keep; `undefined` where the segment holds no commit that is to stay in it. */
  readonly entry?: LogEntry | undefined
  readonly lastSeq?: Seq
  readonly rehome?: Rehoming | undefined
  readonly quarantine?: readonly Cutting[]
  readonly cut?: { readonly file: string; readonly bytes: number }
  readonly closed?: boolean
}

/**
 * Checks a segment that is complete: by its length and the checksum of the whole, which says where it is damaged only if
 * it is. Where only the tail is asked for, by its length and its last line; one that does not end well is read whole.
 */
export async function assessComplete(
  file: DiskFile,
  entry: LogEntry | BaseEntry,
  verify: Verify = 'full',
): Promise<SegmentFound> {
  const { bytes: size } = await file.stat()
  const isWhole =
    size >= entry.bytes &&
    ((verify === 'tail' && (await endsWell(file, entry))) ||
      (await checksumOf(file, { from: 0, to: entry.bytes })) === entry.crc)
  if (!isWhole) return damagedSegment(file, entry, size)
  if (entry.kind === 'base' || size === entry.bytes) return { damage: new DamageList() }
  return assessSurplus(file, entry, size)
}

/** Whether the last line that the manifest counts in reads, and is of the commit that it says. */
async function endsWell(file: DiskFile, entry: LogEntry | BaseEntry): Promise<boolean> {
  const bytes = Buffer.alloc(Math.min(entry.bytes, endBytes))
  const count = await file.read(bytes, entry.bytes - bytes.length)
  const end = bytes.length - 1
  const start = bytes.lastIndexOf(lineFeed, end - 1) + 1
  if (count < bytes.length || bytes[end] !== lineFeed || start === 0) return false
  const tail = readTail(bytes, start, end)
  return typeof tail !== 'string' && (entry.kind === 'base' || tail.seq === entry.lastSeq)
}

async function damagedSegment(file: DiskFile, entry: LogEntry | BaseEntry, size: number): Promise<SegmentFound> {
  const scan = await scanSegment(file, entry.file, Math.min(size, entry.bytes))
  const { damage } = scan
  if (damage.lines === 0) {
    const reason =
      size < entry.bytes
        ? `the file ends here, at ${size} bytes; the manifest lists ${entry.bytes}`
        : 'every line reads, but the file is not the one that the manifest lists'
    damage.add({ file: entry.file, line: scan.lines + 1, byte: scan.goodBytes, reason })
  }
  return { damage, scan }
}

/** Bytes behind the end of a complete segment: a cut that was not made, the end of a torn write, or lines of a fenced writer. */
async function assessSurplus(file: DiskFile, entry: LogEntry, size: number): Promise<SegmentFound> {
  const cut = { file: entry.file, bytes: entry.bytes }
  const kept = { damage: new DamageList(), entry: { ...entry, cutFrom: size }, cut }
  if (entry.cutFrom === size) return kept
  const scan = await scanSegment(file, entry.file, size)
  const { firstBad } = scan
  const isOurs = firstBad === undefined || firstBad.byte < entry.bytes || isTorn(firstBad)
  if (isOurs) return { ...kept, quarantine: [{ file: entry.file, from: entry.bytes, to: size }] }
  return { damage: scan.damage, scan }
}

/** Reads the segment that was being written (or, closed in order, does not look as it was left) and judges its end. */
export async function assessLast(file: DiskFile, entry: ActiveEntry | LogEntry): Promise<SegmentFound> {
  const { bytes: size } = await file.stat()
  const scan = await scanSegment(file, entry.file, size)
  const { damage, header, lastSeq, closed } = scan
  const known = entry.kind === 'log' ? entry.lastSeq : entry.firstSeq - 1
  const verdict = header === undefined ? 'corrupt' : classifyTail(scan, known)
  if (verdict === 'corrupt') {
    if (damage.lines === 0) {
      const line = await lineNumberAt(file, scan.goodBytes)
      damage.add({ file: entry.file, line, byte: scan.goodBytes, reason: missing(scan, known) })
    }
    return { damage, scan, header }
  }
  // A segment that was complete is proven by the manifest, whatever its own lines still say.
  const proven = known >= lastSeq ? { seq: lastSeq, byte: scan.commitEnd } : scan.proven
  const isEmpty = proven.seq < entry.firstSeq
  const { kind: _, ...same } = entry
  const kept: LogEntry = {
    ...same,
    kind: 'log',
    lastSeq: proven.seq,
    bytes: proven.byte,
    crc: await checksumOf(file, { from: 0, to: proven.byte }),
    ...(size > proven.byte ? { cutFrom: size } : {}),
  }
  return {
    damage: new DamageList(),
    scan,
    header,
    lastSeq,
    closed: closed && verdict === 'whole',
    entry: isEmpty ? undefined : kept,
    rehome: proven.seq < lastSeq ? { file: entry.file, from: proven.byte, to: scan.goodBytes, lastSeq } : undefined,
    quarantine: size > scan.goodBytes ? [{ file: entry.file, from: scan.goodBytes, to: size }] : [],
    ...(size > proven.byte && !isEmpty ? { cut: { file: entry.file, bytes: proven.byte } } : {}),
  }
}

function missing(scan: SegmentScan, known: Seq): string {
  const proven = Math.max(known, scan.provenBehind)
  return `commits ${scan.lastSeq + 1} to ${proven} were durable and are missing: the file ends too early`
}
