import { type Commit, type Deleted, limits, type Seq, type StoredRecord } from '@stateward/contract'
import { DamagedImage } from '@stateward/index'
import { approximateBytes } from '../records/approximate-bytes.ts'

/** What a step leaves: the record, or the tombstone of a deletion. */
export type Result = StoredRecord | Deleted

/** The version that a commit made of one record. */
export interface Made {
  readonly type: string
  readonly id: string
  readonly rev: number
  readonly deleted: boolean
}

type MadeChange = Pick<Commit['changes'][number], 'type' | 'id' | 'rev' | 'op'>

/** A commit with a txid. */
export interface TxidEntry {
  readonly seq: Seq
  readonly made: readonly Made[]
  /** What its steps left, in their order. Kept for a while only, and unknown of commits that were read back from the log. */
  results: readonly Result[] | undefined
}

/** Some rows of a bulk write that are in the log already. */
export interface DonePart {
  readonly from: number
  readonly to: number
  readonly entry: TxidEntry
}

/** A part of a bulk write: the log calls it `txid#from-to`, rows counted from 0, `to` exclusive. */
const partPattern = /^(.*)#(\d+)-(\d+)$/s

/** Bound of the results that are kept; beyond it they are read from the log again when asked for. */
const resultBytes = 8_388_608

/** Names a part of a bulk write in the log. */
export function partTxid(txid: string, from: number, to: number): string {
  return `${txid}#${from}-${to}`
}

export function isPartTxid(txid: string): boolean {
  return partPattern.test(txid)
}

/** The versions that a commit made, as its line tells. */
export function madeBy({ changes }: { readonly changes: readonly MadeChange[] }): readonly Made[] {
  return changes.map(({ type, id, rev, op }) => ({ type, id, rev, deleted: op === 'delete' }))
}

/**
 * The newest commits that carried a txid, so that a write sent again is answered again instead of made again. Bounded by
 * `limits.txidWindow`; filled from the log when the store opens.
 */
export class TxidWindow {
  readonly #entries = new Map<string, TxidEntry>()
  readonly #parts = new Map<string, number>()
  /** Entries whose results are kept, oldest first, with their size. */
  readonly #kept = new Map<TxidEntry, number>()
  #keptBytes = 0
  /** Takes older entries in, which nobody has asked for yet. */
  #unread: (() => void) | undefined

  get(txid: string): TxidEntry | undefined {
    this.settle()
    return this.#entries.get(txid)
  }

  /** The parts of a bulk write that are in the log already, without a gap from the first row on. */
  doneParts(txid: string): readonly DonePart[] {
    this.settle()
    const parts: DonePart[] = []
    for (let from = 0; ; ) {
      const to = this.#parts.get(partKey(txid, from))
      const entry = to === undefined ? undefined : this.#entries.get(partTxid(txid, from, to))
      if (to === undefined || entry === undefined) return parts
      parts.push({ from, to, entry })
      from = to
    }
  }

  add(txid: string, entry: TxidEntry): void {
    this.settle()
    this.#entries.set(txid, entry)
    const part = partOf(txid)
    if (part !== undefined) this.#parts.set(part.key, part.to)
    if (this.#entries.size > limits.txidWindow) this.#forgetOldest()
    this.#keep(entry)
  }

  /** As JSON, oldest first: txid, seq, and the versions made (type, id, rev, and 1 for a deletion). */
  pack(): unknown {
    this.settle()
    return [...this.#entries].map(([txid, { seq, made }]) => [
      txid,
      seq,
      made.map(({ type, id, rev, deleted }) => (deleted ? [type, id, rev, 1] : [type, id, rev])),
    ])
  }

  /** Takes in what `pack` gave, as far as `isKept` says of its seq, when it is needed: behind what is there, before what comes. */
  unpack(read: () => unknown, isKept: (seq: Seq) => boolean): void {
    this.#unread = () => {
      const packed = read()
      this.#unread = undefined
      if (!Array.isArray(packed)) throw new DamagedImage('no list of txids')
      for (const [txid, seq, made] of packed) {
        if (isKept(seq)) this.add(txid, { seq, made: made.map(unpackMade), results: undefined })
      }
    }
  }

  /** Takes in what has not been needed so far. */
  settle(): void {
    this.#unread?.()
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear()
    this.#parts.clear()
    this.#kept.clear()
    this.#keptBytes = 0
    this.#unread = undefined
  }

  #keep(entry: TxidEntry): void {
    if (entry.results === undefined) return
    const bytes = entry.results.reduce((sum, result) => sum + approximateBytes({ ...result }), 0)
    this.#kept.set(entry, bytes)
    this.#keptBytes += bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= resultBytes) return
      this.#drop(oldest)
    }
  }

  #drop(entry: TxidEntry): void {
    this.#keptBytes -= this.#kept.get(entry) ?? 0
    this.#kept.delete(entry)
    entry.results = undefined
  }

  #forgetOldest(): void {
    for (const [txid, entry] of this.#entries) {
      this.#entries.delete(txid)
      this.#drop(entry)
      const part = partOf(txid)
      if (part !== undefined) this.#parts.delete(part.key)
      return
    }
  }
}

function unpackMade([type, id, rev, deleted]: readonly [string, string, number, number?]): Made {
  return { type, id, rev, deleted: deleted === 1 }
}

/** By what a part of a bulk write is found, and where its rows end; `undefined` for a txid that names none. */
function partOf(txid: string): { readonly key: string; readonly to: number } | undefined {
  const [, whole = '', from, to] = partPattern.exec(txid) ?? []
  return to === undefined ? undefined : { key: partKey(whole, Number(from)), to: Number(to) }
}

function partKey(txid: string, from: number): string {
  return `${txid}\0${from}`
}
