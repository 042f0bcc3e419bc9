import type { Durability, LogReader, OpenWriterOptions, Storage } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { storageFailed } from '../environment/failure.ts'
import { type JsonlStorageOptions, settingsOf } from '../environment/options.ts'
import { JsonlReader } from '../reading/reader.ts'
import { backupLog } from './backup-log.ts'
import { type OpenedJsonlWriter, openWriter } from './open-writer.ts'

export interface JsonlStorage extends Storage {
  readonly kind: 'jsonl'
  /** The store's directory, as it was given. */
  readonly dir: string
  /** The level of a write that asks for none. */
  readonly defaultDurability: Durability
  openWriter(owner: string, options?: OpenWriterOptions): Promise<OpenedJsonlWriter>
}

/**
 * A log in a directory of JSON lines, for one writing process and any number of reading ones. Throws `INVALID` for an
 * option out of bounds; touches nothing before it is opened.
 */
export function jsonlStorage(options: JsonlStorageOptions): JsonlStorage {
  const settings = settingsOf(options)
  return {
    kind: 'jsonl',
    dir: settings.dir,
    defaultDurability: settings.durability,
    caps: {
      fencing: 'lock',
      unknown: 'stop',
      survives: { none: 'process', interval: 'process', commit: 'power' },
      maxRecordBytes: bounds.recordBytes,
      maxBatchBytes: bounds.appendBytes,
      maxBatchRecords: bounds.appendRecords,
    },
    async openReader(): Promise<LogReader> {
      try {
        const reader = new JsonlReader({ ...settings, dir: await settings.environment.disk.resolve(settings.dir) })
        await reader.refresh()
        return reader
      } catch (error) {
        throw storageFailed(error, `opening ${settings.dir} for reading`)
      }
    },
    backup: (to, backing = {}) => backupLog({ ...options, ...backing, to }),
    openWriter: (owner, opening): Promise<OpenedJsonlWriter> => openWriter(settings, owner, opening),
  }
}
