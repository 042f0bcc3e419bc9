import { join } from 'node:path'
import type { DiskFile } from '@stateward/contract'
import { type BaseChunk, type Seq, StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { fullOr } from '../environment/failure.ts'
import { RowsFailed } from '../environment/rows-failed.ts'
import { type Checkpoint, checked } from '../files/checkpoint.ts'
import { fileChunks } from '../files/chunks.ts'
import { checksumOf } from '../files/file-sums.ts'
import { withFile } from '../files/open-file.ts'
import { createTemporary } from '../files/write-whole.ts'
import { headerLine } from '../format/control-line.ts'
import { format } from '../format/format.ts'
import type { BaseEntry, Manifest } from '../format/manifest.ts'
import { whyUnfitRecord } from '../format/record-check.ts'
import { fileNames, segmentName } from '../format/segment-name.ts'
import { newestBase } from '../manifest/log-source.ts'
import { corrupt } from '../scanning/damage.ts'
import { scanLines } from '../scanning/scan.ts'
import { BaseLines } from './base-lines.ts'

export interface BaseOptions {
  readonly dir: string
  readonly manifest: Manifest
  /** Number of the new file. */
  readonly segment: number
  readonly upTo: Seq
  readonly chunks: AsyncIterable<BaseChunk>
  readonly checkpoint: Checkpoint
}

/** Throws `CONFLICT` for a base of a state that is not there, or that the log has left. */
export function assertBaseable(upTo: Seq, manifest: Manifest, lastSeq: Seq): void {
  const least = newestBase(manifest)?.upTo ?? 0
  if (Number.isInteger(upTo) && upTo >= least && upTo <= lastSeq) return
  throw new StatewardError(
    'CONFLICT',
    `a base is of the state after a commit from ${least} to ${lastSeq}, got ${upTo}.`,
  )
}

/**
 * Writes a base into a file of its own, reads it back, and gives it its name. It counts for nothing before the manifest
 * lists the entry that comes back. On failure no file is left.
 */
export async function writeBase(
  environment: Environment,
  options: BaseOptions,
): Promise<{ readonly entry: BaseEntry; readonly ptrs: Float64Array }> {
  const { disk } = environment
  const { dir, segment, checkpoint } = options
  const name = segmentName('base', segment)
  const temporary = name + fileNames.temporary
  const file = await createTemporary(disk, join(dir, name))
  try {
    const written = await writeRows(environment, file, options).finally(() => file.close())
    const { ptrs, ...sums } = written
    const entry: BaseEntry = {
      kind: 'base',
      file: name,
      segment,
      epoch: options.manifest.epoch,
      upTo: options.upTo,
      ...sums,
    }
    await withFile(disk, { dir, name: temporary }, (again) => assertReadsBack(again, entry, checkpoint))
    await disk.rename(join(dir, temporary), join(dir, name))
    await disk.syncDirectory(dir)
    return { entry, ptrs }
  } catch (error) {
    await disk.remove(join(dir, temporary)).catch(() => {})
    throw fullOr(error, 'writing a base')
  }
}

async function writeRows(
  { clock }: Environment,
  file: DiskFile,
  { manifest, segment, upTo, chunks, checkpoint }: BaseOptions,
): Promise<BaseLines['sums']> {
  const { log, epoch } = manifest
  const header = headerLine({ format, log, segment, epoch, kind: 'base', upTo }, timestampOf(clock))
  const lines = new BaseLines(file, segment, header)
  let last = 0
  for await (const chunk of given(chunks)) {
    await checkpoint()
    for (const [index, record] of chunk.records.entries()) {
      const seq = chunk.seqs[index] ?? -1
      const refusal = whyUnfitRecord(record) ?? whyOutOfOrder(seq, { last, upTo })
      if (refusal !== undefined) throw refusal
      last = seq
      if (!lines.hasRoomFor(record)) await lines.write(record)
      lines.add(record, seq)
    }
  }
  await lines.write()
  await checkpoint()
  await file.datasync()
  return lines.sums
}

async function* given(chunks: AsyncIterable<BaseChunk>): AsyncGenerator<BaseChunk> {
  try {
    yield* chunks
  } catch (cause) {
    throw new RowsFailed('the rows of a base failed', { cause })
  }
}

function whyOutOfOrder(seq: Seq, { last, upTo }: { last: Seq; upTo: Seq }): StatewardError | undefined {
  if (seq >= last && seq <= upTo) return undefined
  return new StatewardError('INVALID', `rows of a base up to ${upTo} ascend: after ${last} comes no row of seq ${seq}.`)
}

/** Reads the whole file again: what the disk gives back must be what was given to it. */
async function assertReadsBack(file: DiskFile, entry: BaseEntry, checkpoint: Checkpoint): Promise<void> {
  const { bytes } = await file.stat()
  if (bytes === entry.bytes && (await checksumOf(file, { from: 0, to: bytes }, checkpoint)) === entry.crc) return
  // Line by line only to say what is wrong and where.
  const chunks = fileChunks(file, { from: 0, to: bytes, chunkBytes: bounds.sliceBytes })
  const scan = await scanLines(checked(chunks, checkpoint), entry.file)
  const { damage } = scan
  const isSame = bytes === entry.bytes && scan.crc === entry.crc && scan.lines === entry.rows + 1
  if (damage.lines === 0 && !isSame) {
    const reason = `${scan.lines} lines, ${bytes} bytes, checksum ${scan.crc}; written were ${entry.rows + 1}, ${entry.bytes}, ${entry.crc}`
    damage.add({ file: entry.file, line: scan.lines, byte: scan.goodBytes, reason })
  }
  if (damage.lines > 0)
    throw corrupt(damage, 'The new base does not read back as it was written: check the disk. The former one holds.')
}
