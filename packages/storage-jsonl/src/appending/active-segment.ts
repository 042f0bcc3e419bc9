import { join } from 'node:path'
import type { DiskFile, Epoch, Seq } from '@stateward/contract'
import type { SummedTail } from '../caches/cache-claim.ts'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { fullOr } from '../environment/failure.ts'
import { createTemporary, writeAll } from '../files/write-whole.ts'
import { headerLine, type SegmentHeader } from '../format/control-line.ts'
import { checksum, hex8 } from '../format/crc.ts'
import type { ActiveEntry, LogEntry } from '../format/manifest.ts'
import { SeekTable } from '../format/seek-table.ts'
import { fileNames, segmentName } from '../format/segment-name.ts'

export type LogHeader = Extract<SegmentHeader, { kind: 'log' }>

/** The segment that a writer appends to: its file, and how much of it is of the log. */
export class ActiveSegment {
  readonly segment: number
  readonly name: string
  readonly epoch: Epoch
  readonly firstSeq: Seq
  readonly file: DiskFile
  /** When it was made, by the clock that only grows. */
  readonly madeMs: number
  /** Where the next line goes. */
  bytes = 0
  /** Of the first `bytes` bytes. */
  crc = 0
  /** Where lines of it begin. */
  readonly places: SeekTable = new SeekTable()

  constructor(file: DiskFile, header: LogHeader, madeMs: number) {
    this.file = file
    this.madeMs = madeMs
    this.segment = header.segment
    this.name = segmentName('log', header.segment)
    this.epoch = header.epoch
    this.firstSeq = header.firstSeq
  }

  /** Takes note of bytes that were written at the end. */
  grow(written: Uint8Array): void {
    this.crc = checksum(written, this.crc)
    this.bytes += written.length
  }

  async append(bytes: Uint8Array): Promise<void> {
    await writeAll(this.file, bytes, this.bytes)
    this.grow(bytes)
  }

  get entry(): ActiveEntry {
    const { name, segment, epoch, firstSeq } = this
    return { kind: 'active', file: name, segment, epoch, firstSeq }
  }

  /** The tail of a log that ends here, behind commit `lastSeq`. */
  tailAt(lastSeq: Seq): SummedTail {
    const { segment, bytes, crc } = this
    return { segment, bytes, crc: hex8(crc), lastSeq }
  }

  /** The entry for when nothing comes behind `lastSeq`. */
  sealed(lastSeq: Seq): LogEntry {
    const { bytes, crc } = this
    return { ...this.entry, kind: 'log', lastSeq, bytes, crc: hex8(crc) }
  }
}

interface SegmentToMake {
  readonly dir: string
  readonly header: LogHeader
  readonly fill?: (segment: ActiveSegment) => Promise<void>
}

/** A segment under its temporary name, durable as it is. It is named, or its file closed. */
export interface StagedSegment {
  readonly segment: ActiveSegment
  /** Gives it its name, for good. It is not of the log before a manifest lists it. */
  name(): Promise<void>
}

/**
 * Makes a new segment: header, what `fill` adds, sync, rename, directory sync. It is not of the log before a manifest
 * lists it. Rejects with `FULL` when there is no room for it; nothing is left then.
 */
export async function createSegment(environment: Environment, toMake: SegmentToMake): Promise<ActiveSegment> {
  const { segment, name } = await stageSegment(environment, toMake)
  try {
    await name()
    return segment
  } catch (error) {
    await segment.file.close().catch(() => {})
    throw error
  }
}

/** The first half of `createSegment`. Errors as there. */
export async function stageSegment(
  environment: Environment,
  { dir, header, fill }: SegmentToMake,
): Promise<StagedSegment> {
  const { disk } = environment
  const path = join(dir, segmentName('log', header.segment))
  const temporary = path + fileNames.temporary
  const file = await createTemporary(disk, path).catch((error: unknown) => {
    throw fullOr(error, `making ${path}`)
  })
  try {
    const segment = new ActiveSegment(file, header, environment.clock.monotonicMs())
    await segment.append(headerLine(header, timestampOf(environment.clock)))
    await fill?.(segment)
    await file.datasync()
    return {
      segment,
      async name() {
        await disk.rename(temporary, path)
        await disk.syncDirectory(dir)
      },
    }
  } catch (error) {
    await disk.remove(temporary).catch(() => {})
    await file.close().catch(() => {})
    throw fullOr(error, `making ${path}`)
  }
}
