import type { Pick } from '@stateward/conformance'
import { bounds } from '../src/environment/bounds.ts'
import {
  closeLine,
  durableLine,
  epochLine,
  gapLine,
  headerLine,
  isControl,
  parseControl,
} from '../src/format/control-line.ts'
import { format } from '../src/format/format.ts'
import { readTail, sealedLine } from '../src/format/line.ts'
import { decodeManifest, encodeManifest, type Manifest } from '../src/format/manifest.ts'
import { whyNotPlain } from '../src/format/plain-line.ts'
import { unsealed } from '../src/format/unsealed-line.ts'
import { Scan } from '../src/scanning/scan.ts'
import { mutated } from './mutated-line.ts'
import { recordOf } from './records.ts'

const time = '2024-01-20T10:00:00.000Z'
const log = '6d5c1f0a-1111-4222-8333-944444444444'
const shared = { format, log, epoch: 2 }
const update = { type: 'update', timestamp: time, target: 'plan', id: 'p1', changes: { name: 'x' }, rev: 2, prev: 1 }
const ops = [{ type: 'delete', target: 'plan', id: 'p1', rev: 3 }]
const plain: readonly Buffer[] = [
  recordOf('1', 2),
  Buffer.from(JSON.stringify(update)),
  Buffer.from(JSON.stringify({ type: 'delete', timestamp: time, target: 'plan', id: 'p1' })),
]
const prev = { segment: 1, lastSeq: 4, bytes: 900, crc: '00c0ffee' }
/** Segments of this log and of another, with a line of every kind; each line with its line feed. */
const segments: readonly (readonly Buffer[])[] = [
  [
    headerLine({ ...shared, kind: 'log', segment: 2, firstSeq: 5, prev }, time),
    sealedLine(recordOf('1', 3), { seq: 5, dur: 4 }),
    sealedLine(Buffer.from(JSON.stringify(update)), { seq: 6 }),
    durableLine({ seq: 6, dur: 6 }, time),
    sealedLine(Buffer.from(JSON.stringify({ type: 'tx', timestamp: time, data: { ops } })), { seq: 7, dur: 6 }),
    gapLine({ from: 8, to: 9, sha256: 'ab'.repeat(32), report: 'kept-1' }, time),
    epochLine({ seq: 9, epoch: 3 }, time),
    closeLine(9, time),
  ],
  [
    headerLine({ ...shared, log: 'another', kind: 'base', segment: 3, upTo: 9 }, time),
    sealedLine(recordOf('3'), { seq: 3 }),
    sealedLine(recordOf('9'), { seq: 9 }),
  ],
]
const manifest: Manifest = {
  format,
  log,
  epoch: 2,
  writer: 'fuzz',
  clean: false,
  truncated: 0,
  segments: [
    {
      kind: 'log',
      file: 'log-00000001.jsonl',
      segment: 1,
      epoch: 1,
      firstSeq: 1,
      lastSeq: 4,
      bytes: 900,
      crc: 'c0ffee00',
    },
    { kind: 'active', file: 'log-00000002.jsonl', segment: 2, epoch: 2, firstSeq: 5 },
    { kind: 'base', file: 'base-00000003.jsonl', segment: 3, epoch: 2, upTo: 4, rows: 1, bytes: 99, crc: '00c0ffee' },
  ],
  obsolete: ['base-00000001.jsonl'],
}
const manifestLine = encodeManifest(manifest, time)
const lines = segments.flat()
const written: ReadonlySet<string> = new Set([...lines, manifestLine].map((line) => line.toString('latin1')))

/** Looks at `count` mutations of what a store holds; throws when one is believed that was not written, or breaks a reader. */
export function fuzzLines(count: number, pick: Pick): void {
  for (let done = 0; done < count; done++) {
    const look = looks[pick(looks.length)]
    look?.(pick)
  }
}

const looks: readonly ((pick: Pick) => void)[] = [
  // One line, by itself.
  (pick) => {
    const line = mutated(one(lines, pick), pick)
    assertTail(line, line.length - 1)
    assertReads(line)
  },
  // A segment of which lines, or what stands in them, were changed, doubled, left out or put elsewhere.
  (pick) => assertScan(Buffer.concat(segmentOf(pick))),
  // A change that somebody sealed again: nothing tells it from what was written, and it must not break a reader.
  (pick) => {
    const line = mutated(one(lines, pick).subarray(0, -1), pick)
    const resealed = sealedLine(line, { seq: pick(12), ...(pick(2) === 0 ? { dur: pick(12) } : {}) })
    assertReads(resealed)
    const scan = new Scan('resealed')
    scan.look({
      bytes: Buffer.concat([...(pick(2) === 0 ? [one(lines, pick)] : []), resealed]),
      offset: 0,
      whole: true,
    })
  },
  (pick) => {
    const changed = mutated(manifestLine, pick)
    const found = decodeManifest(changed)
    if (typeof found !== 'string' && !changed.equals(manifestLine)) throw strange('a manifest', changed)
    decodeManifest(sealedLine(mutated(manifestLine.subarray(0, -1), pick), { seq: pick(9) }))
  },
  (pick) => {
    const line = mutated(one(plain, pick), pick)
    if (whyNotPlain(line) === undefined && typeof JSON.parse(line.toString()).type !== 'string')
      throw strange('a plain line', line)
  },
]

function segmentOf(pick: Pick): Buffer[] {
  const segment = [...one(segments, pick)]
  for (let times = 1 + pick(2); times > 0; times--) {
    const index = pick(segment.length)
    const line = segment[index] ?? Buffer.alloc(0)
    const choice = pick(5)
    if (choice === 0) segment.splice(index, 1)
    else if (choice === 1) segment.splice(index, 0, line)
    else if (choice === 2) segment.splice(pick(segment.length), 0, ...segment.splice(index, 1))
    else segment[index] = mutated(line, pick)
  }
  return segment
}

/** The lines of the good prefix, and those that are said to hold behind it, were all written as they are. */
function assertScan(bytes: Buffer): void {
  const scan = new Scan('fuzzed')
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end > 0) scan.look({ bytes: bytes.subarray(0, end), offset: 0, whole: true })
  if (end < bytes.length) scan.look({ bytes: bytes.subarray(end), offset: end, whole: false })
  const all = bytes
    .subarray(0, end)
    .toString('latin1')
    .split(/(?<=\n)/)
  const good = bytes
    .subarray(0, scan.goodBytes)
    .toString('latin1')
    .split(/(?<=\n)/)
  if (scan.goodBytes > 0 && !good.every((line) => written.has(line))) throw strange('a line of a segment', bytes)
  const held = all.filter((line) => written.has(line)).length
  if (scan.lines + scan.linesBehind > held) throw strange('a line behind a bad one', bytes)
  if (scan.damage.named.length > bounds.namedDamage) throw strange('too many places', bytes)
}

/** Of what stands at `end` nothing is read: it is where the line feed was. */
function assertTail(line: Buffer, end: number): void {
  const isBelieved = typeof readTail(line, 0, end) !== 'string'
  if (isBelieved && !written.has(`${line.toString('latin1', 0, end)}\n`)) throw strange('a line', line)
}

/** Whoever reads a line, whatever it says of its own checksum, comes back with an answer. */
function assertReads(line: Buffer): void {
  unsealed(line)
  if (isControl(line)) parseControl(line.toString())
}

function one<T>(all: readonly T[], pick: Pick): T {
  const found = all[pick(all.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

function strange(what: string, bytes: Buffer): Error {
  return new Error(
    `${what} is believed that was never written: ${JSON.stringify(bytes.toString('latin1').slice(0, 2_000))}`,
  )
}
