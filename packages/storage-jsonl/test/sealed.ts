import { type Gap, gapLine, headerLine, type SegmentHeader } from '../src/format/control-line.ts'
import { format } from '../src/format/format.ts'
import { sealedLine } from '../src/format/line.ts'

const timestamp = '2026-01-01T00:00:00.000Z'
const log = '11111111-1111-4111-8111-111111111111'

/** A commit as a line of the log, without its line feed. */
export function commitLine(seq: number, { text = `{"n":${seq}}`, dur }: { text?: string; dur?: number } = {}): Buffer {
  return sealedLine(Buffer.from(text), dur === undefined ? { seq } : { seq, dur }).subarray(0, -1)
}

/** Any line whose checksum holds, whatever it says. */
export function sealedText(text: string, seq: number): Buffer {
  return sealedLine(Buffer.from(text), { seq }).subarray(0, -1)
}

/** The header of segment `segment` of one log. */
export function logHeader(segment: number, firstSeq: number, changes: object = {}): Buffer {
  const header: SegmentHeader = { format, log, segment, epoch: 1, kind: 'log', firstSeq }
  return headerLine({ ...header, ...changes }, timestamp).subarray(0, -1)
}

export function baseHeader(segment: number, upTo: number): Buffer {
  return headerLine({ format, log, segment, epoch: 1, kind: 'base', upTo }, timestamp).subarray(0, -1)
}

export function gapOf(from: number, to: number): Gap {
  return { from, to, sha256: '0'.repeat(64), report: 'salvage-2' }
}

/** A gap as a line of the log, without its line feed. */
export function lineOfGap(from: number, to: number): Buffer {
  return gapLine(gapOf(from, to), timestamp).subarray(0, -1)
}

/** Lines as the bytes of a file. */
export function fileOf(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
}

export async function* chunksOf(...chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

/** A line in which one bit is another one. */
export function flippedLine(line: Buffer, byte: number, bit = 0): Buffer {
  const copy = Buffer.from(line)
  copy.writeUInt8(copy.readUInt8(byte) ^ (1 << bit), byte)
  return copy
}
