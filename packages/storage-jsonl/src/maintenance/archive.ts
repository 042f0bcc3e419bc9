import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { DiskFile, Epoch, Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { fullOr } from '../environment/failure.ts'
import { type Checkpoint, checked } from '../files/checkpoint.ts'
import { createTemporary, writeAll } from '../files/write-whole.ts'
import { epochLine, headerLine } from '../format/control-line.ts'
import { checksum, hex8 } from '../format/crc.ts'
import { format } from '../format/format.ts'
import type { ArchiveEntry } from '../format/manifest.ts'
import { archiveName, fileNames } from '../format/segment-name.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { ArchiveMembers } from '../scanning/archive-members.ts'
import { corrupt, DamagedLine, DamageList } from '../scanning/damage.ts'
import { type ArchiveSources, type KeptLines, keptLines } from './archive-lines.ts'

export interface ArchiveOptions extends ArchiveSources {
  readonly log: string
  /** Whether lines may be left out, or are already. */
  readonly mayHaveHoles: boolean
  /** A file of the archive is ended when its text has this many bytes. */
  readonly textBytes: number
  /** Gives a number that no file has had. */
  readonly newSegment: () => number
}

export interface WrittenArchive {
  readonly entry: ArchiveEntry
  readonly members: ArchiveMembers
}

/**
 * Writes what stays of complete segments and of former archives, in the order of their commits, into new files of the
 * archive; unpacks each again and compares; gives them their names for good. The sources stay where they are. Together
 * the entries stand for all commits of the sources; there is none where nothing stays.
 */
export async function writeArchive(environment: Environment, options: ArchiveOptions): Promise<WrittenArchive[]> {
  const { disk } = environment
  const { dir, sources } = options
  if (await disk.makeDirectory(join(dir, fileNames.archive))) await disk.syncDirectory(dir)
  const pieces = new Pieces(keptLines(disk, options))
  const written: WrittenArchive[] = []
  try {
    await pieces.next()
    while (pieces.waiting !== undefined) written.push(await writeFile(environment, options, pieces))
    const archives = written.map(({ entry, members }, at) => ({
      members,
      entry: {
        ...entry,
        // What is not there any more counts to the file before it, and at the beginning to the first.
        firstSeq: at === 0 ? (sources[0]?.firstSeq ?? entry.firstSeq) : entry.firstSeq,
        lastSeq: (written[at + 1]?.entry.firstSeq ?? (sources.at(-1)?.lastSeq ?? entry.lastSeq) + 1) - 1,
      },
    }))
    for (const {
      entry: { file },
    } of archives)
      await disk.rename(join(dir, file + fileNames.temporary), join(dir, file))
    await disk.syncDirectory(join(dir, fileNames.archive))
    return archives
  } catch (error) {
    for (const {
      entry: { file },
    } of written)
      await disk.remove(join(dir, file + fileNames.temporary)).catch(() => {})
    throw fullOr(error, 'archiving segments')
  } finally {
    await pieces.end()
  }
}

/** Pieces of which the next one can be looked at before it is taken. */
class Pieces {
  readonly #source: AsyncGenerator<KeptLines>
  waiting: KeptLines | undefined

  constructor(source: AsyncGenerator<KeptLines>) {
    this.#source = source
  }

  async next(): Promise<KeptLines | undefined> {
    const step = await this.#source.next()
    this.waiting = step.done ? undefined : step.value
    return this.waiting
  }

  async end(): Promise<void> {
    await this.#source.return(undefined)
  }
}

/** What one file has come to hold. */
interface Text {
  firstSeq: Seq
  lastSeq: Seq
  /** Of its first line, and of its last so far. */
  firstEpoch: Epoch
  epoch: Epoch
  bytes: number
  crc: number
  newest: string
  sparse: boolean
}

async function writeFile(environment: Environment, options: ArchiveOptions, pieces: Pieces): Promise<WrittenArchive> {
  const { disk } = environment
  const { dir, checkpoint } = options
  const segment = options.newSegment()
  const name = archiveName(segment)
  const file = await createTemporary(disk, join(dir, name))
  try {
    const text: Text = { firstSeq: 0, lastSeq: 0, firstEpoch: 0, epoch: 0, bytes: 0, crc: 0, newest: '', sparse: false }
    const members = new ArchiveMembers()
    const packedBytes = await pack(textOf(environment, { ...options, segment, pieces }, text), file, members)
    await file.datasync()
    const { firstSeq, lastSeq, firstEpoch, bytes, newest, sparse } = text
    const shared = {
      file: name,
      segment,
      epoch: firstEpoch,
      firstSeq,
      lastSeq,
      bytes,
      crc: hex8(text.crc),
      packedBytes,
    }
    const entry: ArchiveEntry = { kind: 'archive', ...shared, newest, ...(sparse ? { sparse } : {}) }
    await assertUnpacks(file, entry, checkpoint)
    return { entry, members }
  } catch (error) {
    await disk.remove(join(dir, name + fileNames.temporary)).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

/** Lines, of which the first commit is this one. */
interface TextPart {
  readonly bytes: Buffer
  readonly seq: Seq
  readonly epoch: Epoch
}

/** One segment's worth of lines: a header, the lines, and where the epoch changes among them, a line that says so. */
async function* textOf(
  { clock }: Environment,
  { log, textBytes, mayHaveHoles, segment, pieces }: ArchiveOptions & { segment: number; pieces: Pieces },
  text: Text,
): AsyncGenerator<TextPart> {
  const counted = (bytes: Buffer): Buffer => {
    text.bytes += bytes.length
    text.crc = checksum(bytes, text.crc)
    return bytes
  }
  for (let piece = pieces.waiting; piece !== undefined && text.bytes < textBytes; piece = await pieces.next()) {
    const { firstSeq, epoch } = piece
    const lines: Buffer[] = []
    if (text.bytes === 0) {
      Object.assign(text, { firstSeq, firstEpoch: epoch })
      const holes = mayHaveHoles ? { sparse: true as const } : {}
      const header = { format, log, segment, epoch, kind: 'log' as const, firstSeq, ...holes }
      lines.push(counted(headerLine(header, timestampOf(clock))))
    } else if (epoch !== text.epoch) lines.push(counted(epochLine({ seq: text.lastSeq, epoch }, timestampOf(clock))))
    text.epoch = epoch
    text.lastSeq = piece.lastSeq
    text.newest = piece.newest
    text.sparse ||= piece.hasHoles
    lines.push(counted(piece.bytes))
    yield { bytes: lines.length === 1 ? piece.bytes : Buffer.concat(lines), seq: firstSeq, epoch }
  }
}

const compress = promisify(gzip)

/** Packs the text in members of 64 KiB or a line more: gzip streams of their own, so that a commit is found without all before it. */
async function pack(source: AsyncIterable<TextPart>, target: DiskFile, members: ArchiveMembers): Promise<number> {
  let at = 0
  let parts: TextPart[] = []
  const flush = async (): Promise<void> => {
    const [first] = parts
    if (first === undefined) return
    const packed = await compress(Buffer.concat(parts.map(({ bytes }) => bytes)))
    parts = []
    await writeAll(target, packed, at)
    members.add({ seq: first.seq, byte: at, epoch: first.epoch })
    at += packed.length
  }
  for await (const part of source) {
    parts.push(part)
    if (parts.reduce((sum, { bytes }) => sum + bytes.length, 0) >= bounds.seekBytes) await flush()
  }
  await flush()
  return at
}

async function assertUnpacks(packed: DiskFile, entry: ArchiveEntry, checkpoint: Checkpoint): Promise<void> {
  let bytes = 0
  let crc = 0
  let reason: string | undefined
  try {
    for await (const chunk of checked(unpackedChunks(packed, entry), checkpoint)) {
      bytes += chunk.length
      crc = checksum(chunk, crc)
    }
  } catch (error) {
    if (!(error instanceof DamagedLine)) throw error
    reason = error.message
  }
  if (bytes !== entry.bytes || hex8(crc) !== entry.crc)
    reason ??= `the archived text has ${bytes} bytes and checksum ${hex8(crc)}; written were ${entry.bytes} and ${entry.crc}`
  if (reason === undefined) return
  const damage = new DamageList()
  damage.add({ file: entry.file, line: 1, byte: 0, reason })
  throw corrupt(damage, 'Nothing was removed. Check the disk, and run a verification.')
}
