import { createHash } from 'node:crypto'
import type { Damage, DiskFile } from '@stateward/contract'
import { hasCode } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { fileChunks, type ReadableFile, wholeLines } from '../files/chunks.ts'
import { parseControl } from '../format/control-line.ts'
import type { Entry, Manifest } from '../format/manifest.ts'
import { whyNotTheSame } from '../reading/verify-log.ts'
import { assessHeader } from '../recovery/assess-history.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { DamagedLine } from '../scanning/damage.ts'
import { readFirstLine } from '../scanning/first-line.ts'
import { changedPlain } from '../scanning/plain.ts'
import { Scan, type ScanPlace } from '../scanning/scan.ts'

/** A part of the log that nothing is added to any more. */
export type CompleteEntry = Exclude<Entry, { kind: 'active' }>

/** What was looked at of a file since the last portion. */
export interface Looked {
  readonly bytes: number
  readonly damage: readonly Damage[]
  /** Where to go on; `undefined` where this file can only be gone on with from its start. */
  readonly place: ScanPlace | undefined
}

export interface FileToScrub {
  readonly dir: string
  readonly manifest: Manifest
  readonly entry: CompleteEntry
  /** Opens the file anew for each use: by its name, as the next opening would, and held no longer than that. */
  readonly opened: <T>(use: (file: DiskFile) => Promise<T>) => Promise<T>
  /** Where to go on; `byte` 0: at the start. */
  readonly from: ScanPlace
}

/** Looks at a file by portions: `bounds.sliceBytes` each, or one line where that is longer. Throws what the disk throws. */
export function scrubFile(file: FileToScrub): AsyncGenerator<Looked> {
  const { entry } = file
  switch (entry.kind) {
    case 'plain':
      return scrubPlain(file, entry)
    case 'archive':
      return scrubArchive(file, entry)
    case 'log':
    case 'base':
      return scrubSegment(file, entry)
  }
}

function readerOf({ opened }: FileToScrub): ReadableFile {
  return { read: (into, position) => opened((file) => file.read(into, position)) }
}

async function* scrubSegment(
  file: FileToScrub,
  entry: Extract<CompleteEntry, { kind: 'log' | 'base' }>,
): AsyncGenerator<Looked> {
  const reader = readerOf(file)
  const strange = await whyStrange(file, entry, reader)
  if (strange !== undefined) {
    yield { bytes: 0, damage: strange, place: undefined }
    return
  }
  const scan = await scanFrom(file, entry.file, reader)
  const { byte } = scan.place
  const chunks = fileChunks(reader, { from: byte, to: entry.bytes, chunkBytes: bounds.sliceBytes })
  yield* looks({ scan, chunks, from: byte })
  yield* endOf(scan, entry)
}

/** The header as an opening looks at it: of this log, of this number, behind the segment that it names. */
async function whyStrange(
  { dir, manifest }: FileToScrub,
  entry: Extract<CompleteEntry, { kind: 'log' | 'base' }>,
  reader: ReadableFile,
): Promise<readonly Damage[] | undefined> {
  try {
    return (await assessHeader({ dir, manifest }, entry, reader))?.damage.named
  } catch (error) {
    // Of a newer format: this writer wrote none like that.
    if (!hasCode(error, 'UNSUPPORTED')) throw error
    return [{ file: entry.file, line: 1, byte: 0, reason: error.message }]
  }
}

async function scanFrom({ from }: FileToScrub, name: string, reader: ReadableFile): Promise<Scan> {
  if (from.byte === 0) return new Scan(name)
  const line = await readFirstLine(reader)
  const control = line === undefined ? 'no header' : parseControl(line.text)
  return typeof control === 'object' && control.type === '$segment'
    ? Scan.behind(name, control.header, from)
    : new Scan(name)
}

async function* scrubArchive(
  file: FileToScrub,
  entry: Extract<CompleteEntry, { kind: 'archive' }>,
): AsyncGenerator<Looked> {
  const scan = new Scan(entry.file)
  const chunks = gathered(unpackedChunks(readerOf(file), entry))
  try {
    for await (const { bytes, damage } of looks({ scan, chunks, from: 0 })) yield { bytes, damage, place: undefined }
  } catch (error) {
    if (!(error instanceof DamagedLine)) throw error
    const { byte, message: reason } = error
    yield { bytes: 0, damage: [{ file: entry.file, line: scan.place.line + 1, byte, reason }], place: undefined }
    return
  }
  yield* endOf(scan, entry)
}

/** What unpacks comes in small pieces. */
async function* gathered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < bounds.sliceBytes) continue
    yield Buffer.concat(waiting)
    waiting = []
    bytes = 0
  }
  yield Buffer.concat(waiting)
}

async function* looks({
  scan,
  chunks,
  from,
}: {
  scan: Scan
  chunks: AsyncIterable<Buffer>
  from: number
}): AsyncGenerator<Looked> {
  let seen = 0
  for await (const piece of wholeLines(chunks, from)) {
    scan.look(piece)
    // No more than the list names: of a file in which nothing reads the first places say enough.
    const damage = scan.damage.named.slice(seen)
    seen += damage.length
    const isClean = scan.damage.lines === 0
    yield { bytes: piece.bytes.length, damage, place: isClean ? scan.place : undefined }
  }
}

async function* endOf(scan: Scan, entry: Exclude<CompleteEntry, { kind: 'plain' }>): AsyncGenerator<Looked> {
  if (scan.damage.lines > 0) return
  const reason = whyNotTheSame(partOf(entry), scan)
  if (reason === undefined) return
  const damage = { file: entry.file, line: scan.lines + 1, byte: scan.goodBytes, reason }
  yield { bytes: 0, damage: [damage], place: undefined }
}

function partOf(entry: Exclude<CompleteEntry, { kind: 'plain' }>): Parameters<typeof whyNotTheSame>[0] {
  if (entry.kind === 'base') return entry
  const { firstSeq, lastSeq, bytes } = entry
  return { entry, firstSeq, lastSeq, bytes }
}

/** Its lines carry no checksum: it is looked at as a whole, and by its lines only where it is not what it was. */
async function* scrubPlain(
  file: FileToScrub,
  entry: Extract<CompleteEntry, { kind: 'plain' }>,
): AsyncGenerator<Looked> {
  const hash = createHash('sha256')
  const { bytes } = await file.opened((open) => open.stat())
  const range = { from: 0, to: bytes, chunkBytes: bounds.sliceBytes }
  for await (const chunk of fileChunks(readerOf(file), range)) {
    hash.update(chunk)
    yield { bytes: chunk.length, damage: [], place: undefined }
  }
  if (bytes === entry.bytes && hash.digest('hex') === entry.sha256) return
  const { damage } = await file.opened((open) => changedPlain(open, entry))
  yield { bytes: 0, damage: damage.named, place: undefined }
}
