import { dirname, join, sep } from 'node:path'
import { type BackupReport, type Disk, StatewardError } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import { settingsOf } from '../environment/options.ts'
import { checksumOf } from '../files/file-sums.ts'
import { removeObsolete } from '../files/obsolete.ts'
import { withFile } from '../files/open-file.ts'
import { knownLastSeq, type Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import { takeLock } from '../locking/take-lock.ts'
import { readManifest, writeManifest } from '../manifest/manifest-file.ts'
import { JsonlReader } from '../reading/reader.ts'
import type { CareOptions } from '../recovery/held-store.ts'
import {
  aborted,
  assertSame,
  type BackupEntry,
  backupEntries,
  backupManifest,
  backupWriter,
  bytesOf,
  copyEntry,
  isSameFile,
} from './backup-files.ts'

export interface BackupOptions extends CareOptions {
  /** A directory that is not there yet or is empty; or that of an earlier backup of this store. */
  readonly to: string
  readonly signal?: AbortSignal
}

/** Compactions that may move files away under a backup before it gives up. */
const mostTries = 8
/** Where a first backup is made, beside the place that it gets. */
const unfinished = '.unfinished'

interface Plan {
  readonly environment: Environment
  /** The store's directory, and the backup's, without links. */
  readonly from: string
  readonly to: string
  readonly manifest: Manifest
  readonly entries: readonly BackupEntry[]
  readonly signal: AbortSignal
}

/**
 * Copies a store, as far as it is proven durable, while somebody writes it: takes no lock of it and writes nothing to it. The
 * first backup is all of it, made beside its place and moved there when it is whole; a later one only the files that are
 * new, and counts when all are there. Every file that is copied is read back. The backup is a store by itself. A backup that was
 * interrupted leaves the one before as it was, and is begun anew by the next. Errors: `NOT_FOUND` (no store), `INVALID` (the
 * target holds something else), `CONFLICT` (it is of another store, ahead of this one, or was written to), `CORRUPT`, `FULL`,
 * `LOCKED`, `ABORTED`, `STORAGE_FAILED`.
 */
export async function backupLog(options: BackupOptions): Promise<BackupReport> {
  const settings = settingsOf(options)
  const { environment } = settings
  const { disk } = environment
  const { signal = new AbortController().signal } = options
  try {
    const from = await disk.resolve(settings.dir)
    const to = await disk.resolve(options.to)
    if (isWithin(from, to) || isWithin(to, from))
      throw new StatewardError('INVALID', `expected a directory apart from the store's, found ${to}; name another.`)
    for (let tries = 1; ; tries++) {
      const reader = new JsonlReader({ ...settings, dir: from })
      try {
        const plan = { ...(await planOf(environment, reader, from)), environment, from, to, signal }
        return (await isThere(disk, to)) ? await backUpMore(plan, options) : await backUpAll(plan)
      } catch (error) {
        // A compaction has taken a file away that was to be copied: what there is now is another list.
        if (diskCode(error) !== 'ENOENT' || tries === mostTries) throw error
      } finally {
        await reader.close()
      }
    }
  } catch (error) {
    throw storageFailed(error, `backing up ${settings.dir}`)
  }
}

async function planOf(
  { disk }: Environment,
  reader: JsonlReader,
  from: string,
): Promise<Pick<Plan, 'manifest' | 'entries'>> {
  await reader.tailNow()
  const { manifest, tail } = reader
  const active = manifest?.segments.find(({ segment }) => segment === tail.segment)
  if (manifest === undefined)
    throw new StatewardError('NOT_FOUND', `expected a store at ${from}, found none; name another directory.`)
  const crc =
    active === undefined
      ? ''
      : await withFile(disk, { dir: from, name: active.file }, (file) => checksumOf(file, { from: 0, to: tail.bytes }))
  return { manifest, entries: backupEntries(manifest, tail, crc) }
}

/** Whether there is anything in the place of the backup; an empty directory is nothing. */
async function isThere(disk: Disk, to: string): Promise<boolean> {
  const standing = await disk.stat(to)
  if (standing === undefined) return false
  if (standing.kind !== 'directory')
    throw new StatewardError('INVALID', `expected a directory at ${to}, found a ${standing.kind}; name another.`)
  if ((await disk.list(to)).length > 0) return true
  await disk.removeDirectory(to)
  return false
}

async function backUpAll(plan: Plan): Promise<BackupReport> {
  const { environment, to, entries } = plan
  const { disk } = environment
  const making = to + unfinished
  await removeUnfinished(disk, making)
  await disk.makeDirectory(making)
  const report = await take({ ...plan, to: making }, entries, undefined)
  await disk.rename(making, to)
  await disk.syncDirectory(dirname(to))
  return { ...report, to, full: true }
}

/** What a backup makes in the directory that it works in. */
const ownNames = /^(?:.+\.jsonl|manifest(?:\.prev)?\.json)(?:\.tmp)?$/

/** Removes what an interrupted backup has left, and nothing else. */
async function removeUnfinished(disk: Disk, making: string): Promise<void> {
  if ((await disk.stat(making)) === undefined) return
  const names = await disk.list(making)
  const files = names.filter((name) => name !== fileNames.archive)
  const strange = files.find((name) => !ownNames.test(name))
  if (strange !== undefined)
    throw new StatewardError(
      'INVALID',
      `expected nothing at ${making}, or what an interrupted backup has left, found ${strange}; look at it, and remove it.`,
    )
  const archive = join(making, fileNames.archive)
  if (files.length < names.length) {
    for (const name of await disk.list(archive)) await disk.remove(join(archive, name))
    await disk.removeDirectory(archive)
  }
  for (const name of files) await disk.remove(join(making, name))
  await disk.removeDirectory(making)
}

async function backUpMore(plan: Plan, options: BackupOptions): Promise<BackupReport> {
  const { environment, to, manifest, entries } = plan
  const { disk, machine } = environment
  const found = await readManifest(disk, to)
  if (found === undefined || typeof found === 'string')
    throw new StatewardError(
      'INVALID',
      `expected an empty directory or a backup at ${to}, found neither; name another.`,
    )
  const lock = await takeLock(environment, {
    dir: to,
    owner: options.owner ?? `backup by pid ${machine.pid}`,
    method: options.lock,
  })
  try {
    const former = await readManifest(disk, to)
    if (typeof former !== 'object') throw new StatewardError('CONFLICT', `the backup at ${to} was changed meanwhile.`)
    refuseOther(former, { to, log: manifest.log, lastSeq: knownLastSeq({ ...manifest, segments: entries }) })
    const known = new Map(former.segments.map((entry) => [entry.file, entry]))
    const fresh = entries.filter((entry) => !isSameFile(known.get(entry.file), entry))
    const report = await take(plan, fresh, former)
    return { ...report, full: false }
  } finally {
    await lock.release({ restore: true }).catch(() => {})
  }
}

function refuseOther(former: Manifest, { to, log, lastSeq }: { to: string; log: string; lastSeq: number }): void {
  const refuse = (found: string): never => {
    throw new StatewardError(
      'CONFLICT',
      `expected an earlier backup of this store at ${to}, found ${found}; name another directory.`,
    )
  }
  if (former.log !== log) refuse(`one of another store, ${former.log}`)
  if (former.writer !== backupWriter) refuse('that a store was opened there since, and written to')
  if (knownLastSeq(former) > lastSeq) refuse(`one up to seq ${knownLastSeq(former)}, and the store ends at ${lastSeq}`)
}

/** Copies these files, gives them their names, and makes them count. */
async function take(
  { environment, from, to, manifest, entries, signal }: Plan,
  fresh: readonly BackupEntry[],
  former: Manifest | undefined,
): Promise<Omit<BackupReport, 'full'>> {
  const { disk } = environment
  for (const entry of fresh) await copyEntry(disk, entry, { from, to, signal })
  if (signal.aborted) throw aborted(signal.reason)
  for (const { file } of fresh) await disk.rename(join(to, file + fileNames.temporary), join(to, file))
  if (fresh.some(({ file }) => file.includes('/'))) await disk.syncDirectory(join(to, fileNames.archive))
  await disk.syncDirectory(to)
  const now = backupManifest(manifest, entries)
  await writeManifest(environment, to, now)
  const listed = new Set(entries.map(({ file }) => file))
  const gone = (former?.segments ?? []).map(({ file }) => file).filter((file) => !listed.has(file))
  await removeObsolete(disk, to, gone)
  for (const entry of fresh) await assertSame(disk, to, entry)
  return {
    to,
    lastSeq: knownLastSeq(now),
    files: entries.length,
    copiedFiles: fresh.length,
    copiedBytes: fresh.reduce((sum, entry) => sum + bytesOf(entry), 0),
    bytes: entries.reduce((sum, entry) => sum + bytesOf(entry), 0),
  }
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer + sep)
}
