import { StatewardError } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import { storageFailed } from '../environment/failure.ts'
import { type JsonlStorageOptions, settingsOf } from '../environment/options.ts'
import { syncNames } from '../files/sync-names.ts'
import { takeLock } from '../locking/take-lock.ts'
import { refuseForeign, type Survey, surveyDirectory } from '../manifest/survey.ts'
import { refuseStrange } from './refuse-strange.ts'

/** Where a store is, and what of the outside world to use to look after it. */
export type CareOptions = Pick<
  JsonlStorageOptions,
  'dir' | 'lock' | 'fs' | 'clock' | 'random' | 'timers' | 'machine'
> & {
  /** Names who holds the store meanwhile; default: the process. */
  readonly owner?: string
}

/** A store that nobody else writes while it is looked after. */
export interface HeldStore {
  readonly environment: Environment
  /** Without links. */
  readonly dir: string
  readonly owner: string
  readonly survey: Survey
}

/**
 * Holds a store's lock while `care` runs; leaves no LOCK behind that was not there. Rejects with `LOCKED` while a writer
 * has it open, `NOT_FOUND` where there is no directory, `INVALID` where a link or the like stands in it, or only things
 * that are not of a store, `STORAGE_FAILED`.
 */
export async function holdStore<T>(options: CareOptions, care: (store: HeldStore) => Promise<T>): Promise<T> {
  const { environment, lock: method, dir: given } = settingsOf(options)
  const { disk, machine } = environment
  const owner = options.owner ?? `pid ${machine.pid}`
  try {
    const dir = await disk.resolve(given)
    if ((await disk.stat(dir))?.kind !== 'directory') {
      throw new StatewardError('NOT_FOUND', `expected the directory of a store at ${dir}, found none; name another.`)
    }
    await refuseStrange(disk, dir)
    const lock = await takeLock(environment, { dir, owner, method })
    try {
      await syncNames(disk, dir)
      const survey = await surveyDirectory(disk, dir)
      const { manifest, segments, archived, plain } = survey
      if (manifest === undefined && segments.length + archived.length + plain.length === 0) refuseForeign(survey)
      return await care({ environment, dir, owner, survey })
    } finally {
      await lock.release({ restore: true }).catch(() => {})
    }
  } catch (error) {
    throw storageFailed(error, `looking after ${given}`)
  }
}
