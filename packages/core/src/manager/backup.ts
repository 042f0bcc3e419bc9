import { type BackupReport, type Endpoint, hasCode, StatewardError, type Storage } from '@stateward/contract'

/** What a store offers to whoever wants a second one. */
export interface BackupMember {
  /**
   * Copies the store while it is written: everything acknowledged before the call at the level `commit`, and what is durable
   * of the rest. To a directory that is not there yet, all of it; to that of an earlier backup, what is new. What is copied is
   * read back; a backup is a store by itself, and counts when all of it is there. `UNSUPPORTED` where the storage
   * copies nothing, `CONFLICT` where the earlier backup is of another store or was written to, `INVALID`, `CORRUPT`, `FULL`,
   * `LOCKED`, `ABORTED`.
   */
  backup(to: string, options?: { readonly signal?: AbortSignal }): Promise<BackupReport>
}

export function backupMember(endpoint: Endpoint, storage: Storage): BackupMember {
  return {
    async backup(to, options) {
      if (storage.backup === undefined)
        throw new StatewardError(
          'UNSUPPORTED',
          `expected a storage that makes backups, found ${storage.kind}, which does not; export a snapshot instead`,
        )
      if (typeof to !== 'string' || to === '')
        throw new StatewardError('INVALID', 'expected the path of a directory, found none')
      // What fails here is told by the next write; what is durable can be copied all the same.
      await endpoint.ask('flush', {}).catch((error: unknown) => {
        if (hasCode(error, 'CLOSED')) throw error
      })
      return storage.backup(to, options)
    },
  }
}
