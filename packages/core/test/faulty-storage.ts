import {
  type Appended,
  type AppendOptions,
  type Caps,
  type LogWriter,
  StatewardError,
  type Storage,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { turns } from './turns.ts'

/** What becomes of one append. */
export type Fate =
  | 'ok'
  /** Nothing lands; the append fails with this. */
  | { readonly fails: unknown }
  /** It lands, and nobody learns that it did. */
  | 'lands unknown'
  /** It does not land, and nobody learns that it did not. */
  | 'lost unknown'

export interface FaultyOptions {
  /** Of the appends in their order; `ok` beyond the list. */
  readonly fates: Fate[]
  readonly unknown: Caps['unknown']
  /** Turns of the event loop that an append takes. */
  readonly slowness?: number
  readonly caps?: Partial<Caps>
}

export interface FaultyStorage extends Storage {
  /** Appends that the storage was asked for, in order. */
  readonly asked: { readonly records: readonly string[]; readonly options: AppendOptions }[]
  /** Lines whose append was answered well. */
  readonly answered: Set<string>
  readonly fates: Fate[]
}

/** Memory whose appends fail as told, in the ways that the contract allows and in some that it does not. */
export function faultyStorage({ fates, unknown, slowness = 0, caps }: FaultyOptions): FaultyStorage {
  const storage = memoryStorage()
  const faulty: FaultyStorage = {
    ...storage,
    caps: { ...storage.caps, ...caps, unknown },
    asked: [],
    answered: new Set(),
    fates,
    async openWriter(owner) {
      const { writer, recovery } = await storage.openWriter(owner)
      return { writer: faultyWriter(writer, faulty, slowness), recovery }
    },
  }
  return faulty
}

function faultyWriter(writer: LogWriter, { fates, asked, answered, caps }: FaultyStorage, slowness: number): LogWriter {
  let stopped = false
  /** An append settles after those that were called before it. */
  let last: Promise<unknown> = Promise.resolve()
  const append = async (records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> => {
    const lines = records.map((record) => Buffer.from(record).toString())
    asked.push({ records: lines, options })
    const fate = fates.shift() ?? 'ok'
    const before = last
    const outcome = (async () => {
      await before.catch(() => undefined)
      await turns(slowness)
      if (stopped) throw new StatewardError('STORAGE_FAILED', 'this writer has stopped')
      if (fate === 'lands unknown') await writer.append(records, options)
      if (fate === 'lands unknown' || fate === 'lost unknown') {
        stopped = caps.unknown === 'stop'
        throw new StatewardError('UNKNOWN', 'nobody knows')
      }
      if (fate !== 'ok') throw fate.fails
      const appended = await writer.append(records, options)
      for (const line of lines) answered.add(line)
      return appended
    })()
    last = outcome
    return outcome
  }
  return new Proxy(writer, {
    get(target, key) {
      if (key === 'append') return append
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
