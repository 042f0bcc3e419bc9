import { type Collections, collections, readOnly } from '@stateward/client'
import { type Domain, type Endpoint, hasCode, type Protocol, type Seq } from '@stateward/contract'
import { type Exported, exportTo } from './export.ts'

/**
 * The state as of one commit, whatever is written meanwhile: a collection for each type, with the reads of the store.
 * Close it: while it is open, the old place of each record that changes is remembered, and compaction keeps the old log.
 */
export type HeldSnapshot<D extends Domain = Domain> = Collections<D> & SnapshotMembers

export interface SnapshotMembers extends AsyncDisposable {
  readonly seq: Seq
  /** Live records in it. */
  readonly records: number
  /** Writes every record to a new file, as JSON lines with a checksum in the last; resolves when it is durable. */
  export(path: string): Promise<Exported>
  close(): Promise<void>
}

/** Wraps a snapshot that the endpoint has opened. */
export function heldSnapshot<const D extends Domain>(
  endpoint: Endpoint,
  domain: D,
  opened: Protocol['snapshot']['answer'],
): HeldSnapshot<D> {
  const { snapshot, seq, records } = opened
  const pinned = readOnly(endpoint, snapshot)
  // The store lets go of its snapshots when it closes, so that there is nothing left to close.
  const close = (): Promise<void> =>
    pinned.close().catch((error: unknown) => {
      if (!hasCode(error, 'CLOSED')) throw error
    })
  const members: SnapshotMembers = {
    seq,
    records,
    export: (path) => exportTo(path, { endpoint: pinned, types: Object.keys(domain.entities), seq }),
    close,
    [Symbol.asyncDispose]: close,
  }
  // A domain has no type that is called like a member, so neither hides the other.
  return Object.freeze({ ...collections(pinned, domain, { inProcess: true }), ...members }) as HeldSnapshot<D>
}
