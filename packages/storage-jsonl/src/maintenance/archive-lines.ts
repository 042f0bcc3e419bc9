import { join } from 'node:path'
import { type Disk, type Epoch, instantKey, type Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { type Checkpoint, checked } from '../files/checkpoint.ts'
import { fileChunks, type Lines, wholeLines } from '../files/chunks.ts'
import { isControl, parseControl } from '../format/control-line.ts'
import { checksum, hex8 } from '../format/crc.ts'
import { readTail } from '../format/line.ts'
import type { ArchiveEntry, LogEntry } from '../format/manifest.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { corrupt, DamagedLine, DamageList, damageIn } from '../scanning/damage.ts'

const lineFeed = 0x0a
const timestampKey = Buffer.from('"timestamp":"')
/** No timestamp begins further behind the start of its line: a type is short. */
const timestampWithin = 1_024

/** Lines of one source that stay, in their order. */
export interface KeptLines {
  readonly bytes: Buffer
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly epoch: Epoch
  /** The latest time that a line so far bears, as `instantKey`; empty where none does. */
  readonly newest: string
  /** Whether a line before these, or among them, has not stayed. */
  readonly hasHoles: boolean
}

export interface ArchiveSources {
  readonly dir: string
  readonly sources: readonly (LogEntry | ArchiveEntry)[]
  /** Whether a line (without its line feed) stays. */
  readonly keeps: (line: Buffer) => boolean
  readonly checkpoint: Checkpoint
}

/**
 * The lines of commits that stay, and those that name lost ones, in pieces of one epoch each. Throws `CORRUPT` where a
 * source does not read as the manifest lists it.
 */
export async function* keptLines(disk: Disk, options: ArchiveSources): AsyncGenerator<KeptLines> {
  const { dir, sources, keeps, checkpoint } = options
  let newest = ''
  let hasHoles = false
  for (const entry of sources) {
    const file = await disk.open(join(dir, entry.file), 'read')
    try {
      const reader = new SourceReader(entry, keeps, newest)
      hasHoles ||= entry.kind === 'archive' && entry.sparse === true
      const chunks =
        entry.kind === 'archive'
          ? unpackedChunks(file, entry)
          : fileChunks(file, { from: 0, to: entry.bytes, chunkBytes: bounds.sliceBytes })
      for await (const piece of wholeLines(checked(chunks, checkpoint))) {
        for (const kept of reader.take(piece)) {
          hasHoles ||= reader.hasDropped
          yield { ...kept, hasHoles }
        }
      }
      hasHoles ||= reader.hasDropped
      newest = reader.newest
      reader.assertWhole()
    } catch (error) {
      throw error instanceof DamagedLine ? await damageIn(file, error) : error
    } finally {
      await file.close()
    }
  }
}

/** The latest time that a line of this file, or of those before it, bears. */
export async function newestOf(
  disk: Disk,
  {
    dir,
    entry,
    before,
    checkpoint,
  }: { dir: string; entry: LogEntry | ArchiveEntry; before: string; checkpoint: Checkpoint },
): Promise<string> {
  const known = entry.kind === 'archive' ? entry.newest : undefined
  let newest = before
  if (known === undefined) {
    const lines = keptLines(disk, { dir, sources: [entry], keeps: () => true, checkpoint })
    for await (const kept of lines) if (kept.newest > newest) newest = kept.newest
  }
  return known !== undefined && known > newest ? known : newest
}

/** Takes the lines of one source, and sees whether all of them are as they were. */
class SourceReader {
  readonly #entry: LogEntry | ArchiveEntry
  readonly #keeps: (line: Buffer) => boolean
  #epoch: Epoch
  #bytes = 0
  #crc = 0
  newest: string
  hasDropped = false

  constructor(entry: LogEntry | ArchiveEntry, keeps: (line: Buffer) => boolean, newest: string) {
    this.#entry = entry
    this.#keeps = keeps
    this.#epoch = entry.epoch
    this.newest = newest
  }

  /** One piece, or several where the epoch changes among the lines. */
  *take({ bytes, offset, whole }: Lines): Generator<Omit<KeptLines, 'hasHoles'>> {
    const { file } = this.#entry
    if (!whole) throw new DamagedLine(file, offset, 'the line does not end')
    this.#crc = checksum(bytes, this.#crc)
    this.#bytes += bytes.length
    let run = new Run()
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(lineFeed, at)
      const tail = readTail(bytes, at, end)
      if (typeof tail === 'string') throw new DamagedLine(file, offset + at, tail)
      if (isControl(bytes, at)) {
        const control = parseControl(bytes.toString('utf8', at, end))
        if (typeof control === 'string') throw new DamagedLine(file, offset + at, control)
        if (control.type === '$gap') run.add(bytes.subarray(at, end + 1), control.gap.from, control.gap.to)
        if (control.type === '$epoch') {
          if (run.length > 0) yield this.#piece(run)
          run = new Run()
          this.#epoch = control.epoch
        }
      } else if (this.#keeps(bytes.subarray(at, end))) {
        run.add(bytes.subarray(at, end + 1), tail.seq, tail.seq)
        this.#look(bytes, at, end)
      } else this.hasDropped = true
      at = end + 1
    }
    if (run.length > 0) yield this.#piece(run)
  }

  assertWhole(): void {
    const { file, bytes, crc } = this.#entry
    if (this.#bytes === bytes && hex8(this.#crc) === crc) return
    const damage = new DamageList()
    const reason = `it has ${this.#bytes} bytes and checksum ${hex8(this.#crc)}; the manifest lists ${bytes} and ${crc}`
    damage.add({ file, line: 1, byte: 0, reason })
    throw corrupt(damage, 'Nothing was removed. Check the disk, and run a verification.')
  }

  #piece(run: Run): Omit<KeptLines, 'hasHoles'> {
    const { firstSeq, lastSeq } = run
    return { bytes: Buffer.concat(run.lines), firstSeq, lastSeq, epoch: this.#epoch, newest: this.newest }
  }

  #look(bytes: Buffer, start: number, end: number): void {
    const key = bytes.subarray(start, Math.min(end, start + timestampWithin)).indexOf(timestampKey)
    if (key < 0) return
    const from = start + key + timestampKey.length
    const time = instantKey(bytes.toString('latin1', from, bytes.indexOf(0x22, from)))
    if (time !== undefined && time > this.newest) this.newest = time
  }
}

class Run {
  readonly lines: Buffer[] = []
  firstSeq: Seq = 0
  lastSeq: Seq = 0

  get length(): number {
    return this.lines.length
  }

  add(line: Buffer, firstSeq: Seq, lastSeq: Seq): void {
    if (this.lines.length === 0) this.firstSeq = firstSeq
    this.lines.push(line)
    this.lastSeq = lastSeq
  }
}
