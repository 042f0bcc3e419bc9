import type { Epoch, LostCommits, Seq } from '@stateward/contract'
import { isCount } from './control-line.ts'
import { type Format, format, parseFormat } from './format.ts'
import { jsonObject } from './json-object.ts'
import { readTail, sealedLine } from './line.ts'
import { fileNames, isRemovableName } from './segment-name.ts'

const archivePrefix = `${fileNames.archive}/`

interface InFile {
  /** Name within the store's directory. */
  readonly file: string
  readonly segment: number
}

/** The log segment that is being written. */
export interface ActiveEntry extends InFile {
  readonly kind: 'active'
  readonly epoch: Epoch
  readonly firstSeq: Seq
}

/** A log segment that is complete: its first `bytes` bytes, with this checksum, are of the log. */
export interface LogEntry extends InFile {
  readonly kind: 'log'
  readonly epoch: Epoch
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly bytes: number
  readonly crc: string
  /** Present when the file was longer at the time: the bytes from `bytes` to here are kept elsewhere and may be cut. */
  readonly cutFrom?: number
}

/**
 * Log segments that were moved, compressed, into one file of the archive; `bytes` and `crc` are those of its text. It stands
 * for all commits from `firstSeq` to `lastSeq`.
 */
export interface ArchiveEntry extends InFile {
  readonly kind: 'archive'
  readonly epoch: Epoch
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly bytes: number
  readonly crc: string
  readonly packedBytes: number
  /** The latest time that a commit in it or before it bears, as `instantKey`; absent in stores of former versions. */
  readonly newest?: string
  /** Some of its commits are not there any more, because retention has let go of them: `read` begins behind it. */
  readonly sparse?: boolean
}

/** A file in the plain format, adopted as it was found. */
export interface PlainEntry extends InFile {
  readonly kind: 'plain'
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly bytes: number
  readonly lines: number
  readonly sha256: string
}

export interface BaseEntry extends InFile {
  readonly kind: 'base'
  readonly epoch: Epoch
  readonly upTo: Seq
  readonly rows: number
  readonly bytes: number
  readonly crc: string
}

/** A part of the log's history. */
export type HistoryEntry = ActiveEntry | LogEntry | ArchiveEntry | PlainEntry
export type Entry = HistoryEntry | BaseEntry

/** What the files of a store are, and which of them count: a file that is not listed here is not of the log. */
export interface Manifest {
  readonly format: Format
  readonly log: string
  readonly epoch: Epoch
  readonly writer: string
  /** Whether the last writer ended in order. */
  readonly clean: boolean
  /** The commits up to here are behind a base and gone, or only kept for `read`: no pointer to them is alive. */
  readonly truncated: Seq
  /** History in the order of seq; after it the bases, oldest first. */
  readonly segments: readonly Entry[]
  /** Files that count no more and may be removed; no other file ever is, temporary ones aside. */
  readonly obsolete: readonly string[]
  /** What salvages have given up, as long as nobody has acknowledged it. */
  readonly lost?: readonly LostCommits[]
  /** Names of the resealings, by which lines that a person had edited were taken for the log's own. */
  readonly resealed?: readonly string[]
}

export function isHistory(entry: Entry): entry is HistoryEntry {
  return entry.kind !== 'base'
}

/** The last commit of an entry; 0 below the first for an active one, whose end only its file knows. */
export function lastSeqOf(entry: HistoryEntry): Seq {
  return entry.kind === 'active' ? entry.firstSeq - 1 : entry.lastSeq
}

/** The last commit that the manifest itself knows of. */
export function knownLastSeq(manifest: Manifest): Seq {
  const last = manifest.segments.filter(isHistory).at(-1)
  return last === undefined ? manifest.truncated : lastSeqOf(last)
}

/** The manifest as the one line of its file. */
export function encodeManifest(manifest: Manifest, timestamp: string): Buffer {
  const record = JSON.stringify({ type: '$manifest', timestamp, data: manifest })
  return sealedLine(Buffer.from(record), { seq: knownLastSeq(manifest) })
}

/** What a manifest's file holds: a manifest, one of a format that cannot be read here, or (in words) none. */
export function decodeManifest(bytes: Buffer): Manifest | { readonly foreign: Format } | string {
  const end = bytes.length - 1
  if (bytes.indexOf(0x0a) !== end) return 'it is not one line'
  const tail = readTail(bytes, 0, end)
  if (typeof tail === 'string') return tail
  const line = jsonObject(bytes.toString())
  if (line === undefined) return 'it is not a JSON object'
  if (line.type !== '$manifest' || typeof line.data !== 'object' || line.data === null) return 'it is of another type'
  const data: Partial<Record<keyof Manifest, unknown>> = line.data
  const found = parseFormat(data.format)
  if (found === undefined) return 'it names no format'
  if (found.major !== format.major || found.incompat.length > 0) return { foreign: found }
  return isManifest(data) ? data : 'something in it is missing or of the wrong kind'
}

function isManifest(data: Partial<Record<keyof Manifest, unknown>>): data is Manifest {
  const { log, epoch, writer, clean, truncated, segments, obsolete, lost = [], resealed = [] } = data
  if (typeof log !== 'string' || !isCount(epoch) || typeof writer !== 'string' || typeof clean !== 'boolean')
    return false
  if (!isCount(truncated) || !Array.isArray(segments) || !Array.isArray(obsolete)) return false
  if (!Array.isArray(lost) || !lost.every(isLost)) return false
  if (!Array.isArray(resealed) || !resealed.every((name) => typeof name === 'string')) return false
  return obsolete.every((name) => typeof name === 'string' && isRemovableName(name)) && segments.every(isEntry)
}

function isLost(value: unknown): value is LostCommits {
  if (typeof value !== 'object' || value === null) return false
  const { from, to, report } = { from: undefined, to: undefined, report: undefined, ...value }
  return isCount(from) && isCount(to) && from <= to && typeof report === 'string'
}

const numbersOf: Readonly<Record<Entry['kind'], readonly string[]>> = {
  active: ['segment', 'epoch', 'firstSeq'],
  log: ['segment', 'epoch', 'firstSeq', 'lastSeq', 'bytes'],
  archive: ['segment', 'epoch', 'firstSeq', 'lastSeq', 'bytes', 'packedBytes'],
  plain: ['segment', 'firstSeq', 'lastSeq', 'bytes', 'lines'],
  base: ['segment', 'epoch', 'upTo', 'rows', 'bytes'],
}
const textsOf: Readonly<Record<Entry['kind'], readonly string[]>> = {
  active: ['file'],
  log: ['file', 'crc'],
  archive: ['file', 'crc'],
  plain: ['file', 'sha256'],
  base: ['file', 'crc'],
}

/** Whether a name stays within the store's directory: whoever writes into the manifest gets no further than that. */
function isOwnName(name: unknown): boolean {
  if (typeof name !== 'string' || name.includes('\0')) return false
  const inner = name.startsWith(archivePrefix) ? name.slice(archivePrefix.length) : name
  return inner !== '' && !inner.startsWith('.') && !/[\\/]/.test(inner)
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Record<string, unknown>
  const kind = entry?.kind
  if (typeof kind !== 'string' || !Object.hasOwn(numbersOf, kind)) return false
  const known = kind as Entry['kind']
  return (
    numbersOf[known].every((name) => isCount(entry[name])) &&
    textsOf[known].every((name) => typeof entry[name] === 'string') &&
    isOwnName(entry.file)
  )
}
