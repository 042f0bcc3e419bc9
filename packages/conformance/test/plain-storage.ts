import { type Caps, type Epoch, type OpenedWriter, StatewardError, type Storage } from '@stateward/contract'
import type { OpenedStorage } from '../src/storage/trial.ts'
import { PlainHandle, PlainLog } from './plain-handle.ts'

export type HandleClass = new (log: PlainLog, caps: Caps, epoch: Epoch) => PlainHandle

/** Small bounds, so that going beyond them costs nothing. */
const bounds = { maxRecordBytes: 200_000, maxBatchBytes: 500_000, maxBatchRecords: 300 } as const

/** What a database can do: it refuses a stale writer, and an append can be repeated. */
export const likeDatabase: Caps = {
  ...bounds,
  fencing: 'cas',
  unknown: 'resolve',
  survives: { none: 'memory', interval: 'memory', commit: 'memory' },
}

/** What files can do: only a lock keeps writers apart, and after an unknown outcome the writer stops. */
export const likeFiles: Caps = { ...bounds, fencing: 'lock', unknown: 'stop', survives: { commit: 'memory' } }

/** A storage to hold the suite against: right, unless `Handle` is broken on purpose. */
export function plainStorage(caps: Caps, Handle: HandleClass = PlainHandle, log: PlainLog = new PlainLog()): Storage {
  return {
    kind: 'plain',
    caps,
    openReader: async () => new Handle(log, caps, 0),
    async openWriter(): Promise<OpenedWriter> {
      const { holder } = log
      if (caps.fencing === 'lock' && holder?.holds === true) {
        throw new StatewardError('LOCKED', 'locked', { details: { pid: process.pid, host: 'here' } })
      }
      log.epoch += 1
      const writer = new Handle(log, caps, log.epoch)
      log.holder = writer
      return {
        writer,
        recovery: {
          clean: holder?.closed !== false,
          created: holder === undefined,
          lastSeq: log.commits.length,
          quarantined: [],
          adopted: [],
        },
      }
    },
  }
}

/** As `testStorage` wants it opened. */
export function opened(storage: Storage): OpenedStorage {
  const same = async (): Promise<Storage> => storage
  return { storage, reopen: same, twin: same }
}
