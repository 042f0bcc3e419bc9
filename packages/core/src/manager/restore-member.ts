import type { AskOptions, Domain, Durability, Seq } from '@stateward/contract'
import { type Existing, type Loaded, loadingOf, loadSteps } from '../deciding/loading.ts'
import { aborted } from '../scheduling/patience.ts'
import { exportBytes } from '../snapshots/export-bytes.ts'
import { readExport } from '../snapshots/read-export.ts'
import type { TransactionsOptions } from '../transactions/transaction.ts'
import { checkedAsk, checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { closed, fromActor } from '../validation/refusals.ts'

export interface RestoreSnapshotOptions extends AskOptions {
  /** Records that are there already, with other content: `refuse` (default, `ALREADY_EXISTS`) the whole, or `replace` each. */
  readonly existing?: Existing
  /** Who restores; kept in the log. */
  readonly actor?: string
  readonly durability?: Durability
}

/** What a restoration has done: `created`, `replaced` and `unchanged` are the records of the export. */
export interface Restored extends Readonly<Loaded> {
  /** Of its commit; of the newest one where nothing was to be written. */
  readonly seq: Seq
}

/** What a store offers to whoever has an export of one. */
export interface RestoreMember {
  /**
   * Takes in the file that the `export` of a snapshot wrote, or `stateward export`, as one commit, or not at all. Ids and all fields,
   * `created_at` and `updated_at` among them, are kept as exported; `rev` goes on counting here. Types, schemas, references and rules are
   * those of this store's domain; guards and the table of transitions are not asked, because these records have been through them. What is
   * not in the export stays as it is; a deleted record lives again. Done again, it finds everything unchanged.
   *
   * `NOT_FOUND`; `CORRUPT` for a file that is damaged or cut short; `INVALID` for one that is no export, or does not fit the domain
   * (`details.row`, from 0); `UNSUPPORTED` for a newer form; `TOO_LARGE` beyond `limits.restoreBytes`; `ALREADY_EXISTS` (`details.records`);
   * `INVALID_REFERENCE` and whatever rules say; else as any write. O(size of the export) memory, and time in which nothing else is decided.
   */
  restoreSnapshot(path: string, options?: RestoreSnapshotOptions): Promise<Restored>
}

type RestoreOptions = Pick<TransactionsOptions<Domain>, 'domain' | 'door' | 'term' | 'isClosed' | 'hooks'>

const optionKeys = new Set(['existing', 'actor', 'durability', 'signal', 'timeoutMs'])

export function restoreMember({ domain, door, term, isClosed, hooks }: RestoreOptions): RestoreMember {
  return {
    async restoreSnapshot(path, options = {}) {
      if (isClosed()) throw closed()
      hooks.assertOutside()
      if (typeof path !== 'string' || path === '')
        throw invalid(`expected the path of an export, found ${describe(path)}`)
      checkedAsk(options)
      checkKeys(options, optionKeys, 'the options of restoreSnapshot')
      const { existing = 'refuse', actor, durability, ...asking } = options
      if (existing !== 'refuse' && existing !== 'replace')
        throw invalid(`expected existing to be refuse or replace, found ${describe(existing)}`)
      const { readOnly } = term()
      if (readOnly !== undefined) throw readOnly
      const who = { ...(actor === undefined ? {} : { actor }), ...(durability === undefined ? {} : { durability }) }
      const write = door.check('transact', { ...who, operations: [] })
      const steps = await loadSteps(readExport(await exportBytes(path), path), domain)
      if (asking.signal?.aborted === true) throw aborted('restoreSnapshot', asking.signal.reason)
      const told: Loaded = { created: 0, replaced: 0, unchanged: 0 }
      const reply = await term().actor.ask('write', { ...write, ...loadingOf(steps, existing, domain, told) }, asking)
      if (!reply.ok) throw fromActor(reply.error)
      return { seq: reply.value.seq, ...told }
    },
  }
}
