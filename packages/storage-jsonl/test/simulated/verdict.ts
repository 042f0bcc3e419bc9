import { crc32 } from 'node:zlib'

/** What an opening must make of the segment that was being written: the table of verdicts, slow and obvious. */
export interface Verdict {
  readonly verdict: 'clean' | 'torn' | 'corrupt'
  /** The last commit that reads, counted from the first of the log. */
  readonly lastSeq: number
}

interface Line {
  readonly type: string
  readonly seq: number
  readonly dur: number
}

const sectorBytes = 512

/**
 * Judges the bytes of the last segment, whose commits begin behind `before`. `known`: the last commit that the manifest
 * proves to have been durable.
 */
export function verdictOf(content: Buffer, { before, known }: { before: number; known: number }): Verdict {
  const lines = linesOf(content)
  let lastSeq = before
  let isClosed = false
  for (const [index, { text, hasLineFeed, at }] of lines.entries()) {
    const line = hasLineFeed ? lineOf(text) : undefined
    const follows =
      line !== undefined &&
      !isClosed &&
      (index === 0 ? line.type === '$segment' : line.type !== '$segment') &&
      line.seq === (line.type.startsWith('$') ? lastSeq : lastSeq + 1)
    if (follows) {
      lastSeq = line.seq
      isClosed = line.type === '$close'
      continue
    }
    const behind = lines.slice(index + 1).map((later) => (later.hasLineFeed ? lineOf(later.text) : undefined))
    const isProven = behind.some((later) => later !== undefined && later.dur > lastSeq)
    const isTorn = !hasLineFeed || hasZeroSector(text, at)
    const verdict = index === 0 || isProven || known > lastSeq || !isTorn ? 'corrupt' : 'torn'
    return { verdict, lastSeq }
  }
  return { verdict: lines.length === 0 || known > lastSeq ? 'corrupt' : 'clean', lastSeq }
}

function linesOf(content: Buffer): { text: Buffer; hasLineFeed: boolean; at: number }[] {
  const lines: { text: Buffer; hasLineFeed: boolean; at: number }[] = []
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0x0a, at)
    lines.push({ text: content.subarray(at, end < 0 ? undefined : end), hasLineFeed: end >= 0, at })
    at = end < 0 ? content.length : end + 1
  }
  return lines
}

/** Most lines of a damaged file are those of every other one: what was read of them is remembered. */
const known = new Map<string, Line | undefined>()
const knownMost = 1_000

function lineOf(bytes: Buffer): Line | undefined {
  const text = bytes.toString('latin1')
  if (known.has(text)) return known.get(text)
  if (known.size >= knownMost) known.clear()
  const line = readLine(bytes, text)
  known.set(text, line)
  return line
}

/** A line whose checksum holds. */
function readLine(bytes: Buffer, text: string): Line | undefined {
  const found = /^(\{.*),"crc":"([0-9a-f]{8})"\}$/s.exec(text)
  if (found === null || crc32(Buffer.from(found[1] ?? '', 'latin1')) !== Number.parseInt(found[2] ?? '', 16))
    return undefined
  const { type, seq, dur = -1 } = JSON.parse(bytes.toString())
  return { type, seq, dur }
}

function hasZeroSector(line: Buffer, at: number): boolean {
  for (let from = 0; from < line.length; ) {
    const to = Math.min(line.length, from + sectorBytes - ((at + from) % sectorBytes))
    if (line.subarray(from, to).equals(Buffer.alloc(to - from))) return true
    from = to
  }
  return false
}
