import { dirname, join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { type LogWriter, type OpenWriterOptions, type RecoveryReport, StatewardError } from '@stateward/contract'
import { diskCode, storageFailed } from '../environment/failure.ts'
import type { LockMethod, Settings } from '../environment/options.ts'
import { allSettled } from '../files/all-settled.ts'
import { syncNames } from '../files/sync-names.ts'
import { fileNames } from '../format/segment-name.ts'
import { takeLock } from '../locking/take-lock.ts'
import { DamagedLog, type DamagedLogOptions } from '../recovery/damaged-log.ts'
import { recover } from '../recovery/recover.ts'
import { assertCuttable, refuseStrange } from '../recovery/refuse-strange.ts'
import { assessUnder } from './assess-under.ts'
import { JsonlWriter } from './writer.ts'

export interface JsonlRecoveryReport extends RecoveryReport {
  /** How other writers are kept out: `pidfile` where this machine or file system has no flock. */
  readonly lock: LockMethod
}

export interface OpenedJsonlWriter {
  readonly writer: LogWriter
  readonly recovery: JsonlRecoveryReport
}

/** Takes a store over: lock, assessment, recovery. Before the assessment has accepted it, nothing is written but LOCK. */
export async function openWriter(
  given: Settings,
  owner: string,
  { notify }: OpenWriterOptions = {},
): Promise<OpenedJsonlWriter> {
  const { environment } = given
  const { disk } = environment
  try {
    const dir = await disk.resolve(given.dir)
    const settings = { ...given, dir }
    const made = await makeDirectories(disk, dir)
    try {
      await refuseStrange(disk, dir)
      const lock = await takeLock(environment, { dir, owner, method: settings.lock })
      try {
        const synced = syncNames(disk, dir)
        const [found] = await allSettled([assessUnder(settings, { environment, dir, owner }, synced), synced])
        if (found.kind === 'readable') return openDamaged({ settings, lock, ...found })
        assertCuttable(found.recovery)
        const recovered = await recover(environment, { dir, owner, recovery: found.recovery })
        const lost = found.lost.length === 0 ? {} : { lost: found.lost }
        const writer = new JsonlWriter({ settings, lock, recovered, notify })
        await writer.prepare()
        return {
          writer,
          recovery: { ...recovered.report, ...lost, lock: lock.method },
        }
      } catch (error) {
        await lock.release({ restore: true }).catch(() => {})
        throw error
      }
    } catch (error) {
      for (const path of made.reverse()) await disk.removeDirectory(path).catch(() => {})
      throw error
    }
  } catch (error) {
    throw storageFailed(error, `opening ${given.dir}`)
  }
}

/** Opens a damaged log for what still reads. Nothing but LOCK was written, and nothing is. */
function openDamaged(options: DamagedLogOptions): OpenedJsonlWriter {
  const { lock, part, damage } = options
  const found = { clean: false, created: false, lastSeq: part.lastSeq, quarantined: [], adopted: [], damage }
  return { writer: new DamagedLog(options), recovery: { ...found, lock: lock.method } }
}

/** Makes the directory and those above it, each durable by its parent. Resolves with the new ones, outermost first. */
async function makeDirectories(disk: Disk, dir: string): Promise<string[]> {
  const standing = await disk.stat(dir)
  if (standing?.kind === 'directory') {
    const isPublished = dir === dirname(dir) || (await disk.stat(join(dir, fileNames.manifest))) !== undefined
    if (!isPublished) await syncName(disk, dir)
    return []
  }
  if (standing !== undefined) {
    throw new StatewardError(
      'INVALID',
      `${dir} is a ${standing.kind}, where a directory should be: give the path of a directory.`,
    )
  }
  const made = await makeDirectories(disk, dirname(dir))
  if (await disk.makeDirectory(dir)) made.push(dir)
  await disk.syncDirectory(dirname(dir))
  return made
}

/** A process that died may have made the directory and not its name durable. What may not be read was not made by one like this. */
async function syncName(disk: Disk, dir: string): Promise<void> {
  await disk.syncDirectory(dirname(dir)).catch((error: unknown) => {
    if (!['EACCES', 'EPERM'].includes(diskCode(error))) throw error
  })
}
