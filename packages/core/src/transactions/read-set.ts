import { type Domain, limits, type Query, StatewardError, type StoredRecord } from '@stateward/contract'
import { type Compare, checkQuery, compileOrder, compilePredicate, type Predicate } from '@stateward/query'
import type { HeadLayer } from '../records/heads.ts'
import type { Live } from '../state/live.ts'
import { tooManyReads } from './transaction-refusals.ts'
import type { TransactionView } from './transaction-view.ts'

/** A set of records that a transaction has asked for, by what puts a record into it. */
interface Asked {
  readonly type: string
  readonly matches: Predicate | undefined
  /** Where the answer ended, when it was full: what comes behind does not matter to it. */
  readonly end: { readonly compare: Compare; readonly last: StoredRecord } | undefined
}

/** Everything that a transaction has looked at, absence too, and what of it others have changed. */
export class ReadSet {
  readonly #domain: Domain
  readonly #ids = new Map<string, Set<string>>()
  readonly #asked: Asked[] = []
  /** How many ids were added, the same one again and again included. */
  #added = 0

  constructor(domain: Domain) {
    this.#domain = domain
  }

  /** Throws `TOO_LARGE` beyond `limits.transactionIds`. */
  addId(type: string, id: string): void {
    const known = this.#ids.get(type)
    if (known === undefined) this.#ids.set(type, new Set([id]))
    else known.add(id)
    // Nearly all are far from the bound, and need not be counted.
    if (++this.#added > limits.transactionIds && this.#size > limits.transactionIds)
      throw tooManyReads('ids', limits.transactionIds)
  }

  get #size(): number {
    let size = 0
    for (const ids of this.#ids.values()) size += ids.size
    return size
  }

  /** Throws `TOO_LARGE` beyond `limits.transactionQueries`. @param rows the answer of a query for rows; left out for counts and groups, where every matching record matters */
  addQuery(given: Query, rows?: readonly StoredRecord[]): void {
    const entity = this.#domain.entities[given.type]
    if (entity === undefined) return
    if (this.#asked.length >= limits.transactionQueries) throw tooManyReads('queries', limits.transactionQueries)
    const { type, where, orderBy, limit } = checkQuery(given, entity)
    const last = rows !== undefined && rows.length === limit ? rows.at(-1) : undefined
    const end = last === undefined ? undefined : { compare: compileOrder(orderBy, entity), last }
    this.#asked.push({ type, matches: where === undefined ? undefined : compilePredicate(where, entity), end })
  }

  /**
   * The refusal of a transaction whose reads would come out otherwise now, on top of everything decided so far;
   * `undefined` when they would not. May throw `ColdBodies`. O(reads by id + queries × records changed meanwhile).
   */
  conflict(view: TransactionView, live: Live, pending: HeadLayer): StatewardError | undefined {
    // After a reopening nobody knows what has changed since the transaction began.
    if (live !== view.live) return conflicting('the log was opened again meanwhile', {})
    for (const [type, ids] of this.#ids) {
      const changed = view.changedSince(type)
      for (const id of ids) {
        if (changed.has(id) || pending.own(type, id) !== undefined)
          return conflicting(`${type} ${id} was changed meanwhile`, { type, id })
      }
    }
    for (const asked of this.#asked) {
      const record = changedWithin(asked, view, pending)
      if (record !== undefined)
        return conflicting(`${asked.type} ${record.id}, which a query of it finds or found, was changed meanwhile`, {
          type: asked.type,
          id: record.id,
        })
    }
    return undefined
  }
}

function changedWithin(asked: Asked, view: TransactionView, pending: HeadLayer): StoredRecord | undefined {
  const { type } = asked
  const changed = view.changedSince(type)
  for (const [id, before] of changed) {
    const now = pending.head(type, id)?.record
    const within = isWithin(asked, before) ?? isWithin(asked, now)
    if (within !== undefined) return within
  }
  for (const [id, { record }] of pending.entriesOf(type)) {
    if (changed.has(id)) continue
    const within = isWithin(asked, view.live.head(type, id)?.record) ?? isWithin(asked, record)
    if (within !== undefined) return within
  }
  return undefined
}

function isWithin({ matches, end }: Asked, record: StoredRecord | undefined): StoredRecord | undefined {
  if (record === undefined || (matches !== undefined && !matches(record))) return undefined
  return end === undefined || end.compare(record, end.last) <= 0 ? record : undefined
}

function conflicting(what: string, details: { readonly type?: string; readonly id?: string }): StatewardError {
  return new StatewardError(
    'CONFLICT',
    `expected nothing that the transaction has read to change, found that ${what}`,
    {
      details: { ...details, transaction: true },
    },
  )
}
