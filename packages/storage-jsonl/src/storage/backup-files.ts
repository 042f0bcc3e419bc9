import { dirname, join } from 'node:path'
import { type Disk, type DiskFile, StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { fullOr } from '../environment/failure.ts'
import { fileChunks } from '../files/chunks.ts'
import { checksumOf, sha256Of } from '../files/file-sums.ts'
import { withFile } from '../files/open-file.ts'
import { createTemporary, writeAll } from '../files/write-whole.ts'
import { checksum, hex8 } from '../format/crc.ts'
import type { Entry, Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import type { Tail } from '../manifest/log-source.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { DamagedLine } from '../scanning/damage.ts'

/** Who a backup says wrote it: a directory that a store has been opened in since is no backup any more. */
export const backupWriter = 'backup'

/** A file of a backup: its entry there. What is active in the store is complete, as far as it is proven, in its backup. */
export type BackupEntry = Exclude<Entry, { kind: 'active' }>

/** The entries of a backup of a log as it is now; `tailCrc` is the checksum of the segment that is being written. */
export function backupEntries({ segments }: Manifest, tail: Tail, tailCrc: string): BackupEntry[] {
  return segments.flatMap((entry): BackupEntry[] => {
    if (entry.kind !== 'active') return [entry]
    if (entry.segment !== tail.segment || tail.lastSeq < entry.firstSeq) return []
    const { lastSeq, bytes } = tail
    return [{ ...entry, kind: 'log', lastSeq, bytes, crc: tailCrc }]
  })
}

export function backupManifest(manifest: Manifest, segments: readonly BackupEntry[]): Manifest {
  return { ...manifest, writer: backupWriter, clean: true, segments, obsolete: [] }
}

/** Whether an entry of an earlier backup stands for the same bytes. */
export function isSameFile(before: Entry | undefined, entry: BackupEntry): boolean {
  if (before === undefined || before.kind !== entry.kind || before.bytes !== entry.bytes) return false
  if (before.kind === 'plain') return entry.kind === 'plain' && before.sha256 === entry.sha256
  return entry.kind !== 'plain' && before.crc === entry.crc
}

export function bytesOf(entry: BackupEntry): number {
  return entry.kind === 'archive' ? entry.packedBytes : entry.bytes
}

export interface CopyOptions {
  readonly from: string
  readonly to: string
  readonly signal: AbortSignal
}

/** Copies a file of the log under a temporary name, durably, and reads it back. `CORRUPT` where it is not what its entry says. */
export async function copyEntry(disk: Disk, entry: BackupEntry, { from, to, signal }: CopyOptions): Promise<void> {
  const path = join(to, entry.file)
  const source = await disk.open(join(from, entry.file), 'read')
  try {
    if (entry.file.includes('/') && (await disk.makeDirectory(dirname(path)))) await disk.syncDirectory(to)
    const copy = await createTemporary(disk, path)
    try {
      await copyBytes(source, copy, bytesOf(entry), signal)
      await copy.datasync()
    } catch (error) {
      throw fullOr(error, `copying ${entry.file}`)
    } finally {
      await copy.close()
    }
  } finally {
    await source.close()
  }
  await assertSame(disk, to, { ...entry, file: entry.file + fileNames.temporary })
}

async function copyBytes(source: DiskFile, copy: DiskFile, bytes: number, signal: AbortSignal): Promise<void> {
  let at = 0
  for await (const chunk of fileChunks(source, { from: 0, to: bytes, chunkBytes: bounds.readBytes })) {
    if (signal.aborted) throw aborted(signal.reason)
    await writeAll(copy, chunk, at)
    at += chunk.length
  }
}

/** Reads a file of a backup. `CORRUPT` where it is not what its entry says. */
export async function assertSame(disk: Disk, dir: string, entry: BackupEntry): Promise<void> {
  const why = await withFile(disk, { dir, name: entry.file }, (file) => whyOther(file, entry))
  if (why === undefined) return
  throw new StatewardError(
    'CORRUPT',
    `${join(dir, entry.file)} is not what the store's manifest lists: ${why}. The store is damaged there, or the disk that was written to. Verify the store, and look at both disks; the backup before, if there was one, is as it was.`,
    { details: { file: entry.file } },
  )
}

async function whyOther(file: DiskFile, entry: BackupEntry): Promise<string | undefined> {
  const expected = entry.kind === 'plain' ? entry.sha256 : entry.crc
  try {
    const found = await sumOf(file, entry)
    return found === expected ? undefined : `its checksum is ${found}, where ${expected} is expected`
  } catch (error) {
    if (error instanceof DamagedLine) return error.message
    throw error
  }
}

async function sumOf(file: DiskFile, entry: BackupEntry): Promise<string> {
  if (entry.kind === 'plain') return sha256Of(file, { from: 0, to: entry.bytes })
  if (entry.kind !== 'archive') return checksumOf(file, { from: 0, to: entry.bytes })
  let crc = 0
  for await (const chunk of unpackedChunks(file, entry)) crc = checksum(chunk, crc)
  return hex8(crc)
}

export function aborted(cause: unknown): StatewardError {
  return new StatewardError('ABORTED', 'the backup was aborted by the caller; the one before, if any, is as it was.', {
    cause,
  })
}
