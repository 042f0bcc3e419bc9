import { type Deleted, limits, type Seq, type StoredRecord } from '@stateward/contract'

/** What a commit with a txid made. */
export interface TxidEntry {
  readonly seq: Seq
  readonly results: readonly (StoredRecord | Deleted)[]
}

/** A part of a bulk write: the log calls it `txid#from-to`, rows counted from 0, `to` exclusive. */
const partPattern = /^(.*)#(\d+)-(\d+)$/s

/** Names a part of a bulk write in the log. */
export function partTxid(txid: string, from: number, to: number): string {
  return `${txid}#${from}-${to}`
}

export function isPartTxid(txid: string): boolean {
  return partPattern.test(txid)
}

/**
 * The newest commits that carried a txid, so that a write sent again is answered again instead of made again. Bounded by
 * `limits.txidWindow`; filled from the log when the store opens.
 */
export class TxidWindow {
  readonly #entries = new Map<string, TxidEntry>()
  readonly #parts = new Map<string, number>()

  get(txid: string): TxidEntry | undefined {
    return this.#entries.get(txid)
  }

  /** Rows of a bulk write that are in the log already, counted from the first, with what they made. */
  doneRows(txid: string): { readonly rows: number; readonly results: TxidEntry['results'] } {
    const results: (StoredRecord | Deleted)[] = []
    let rows = 0
    for (let to = this.#parts.get(partKey(txid, 0)); to !== undefined; to = this.#parts.get(partKey(txid, rows))) {
      results.push(...(this.#entries.get(partTxid(txid, rows, to))?.results ?? []))
      rows = to
    }
    return { rows, results }
  }

  add(txid: string, entry: TxidEntry): void {
    this.#entries.set(txid, entry)
    const part = partPattern.exec(txid)
    if (part !== null) this.#parts.set(partKey(part[1] ?? '', Number(part[2])), Number(part[3]))
    if (this.#entries.size > limits.txidWindow) this.#forgetOldest()
  }

  #forgetOldest(): void {
    const oldest = this.#entries.keys().next()
    if (oldest.done === true) return
    this.#entries.delete(oldest.value)
    const part = partPattern.exec(oldest.value)
    if (part !== null) this.#parts.delete(partKey(part[1] ?? '', Number(part[2])))
  }
}

function partKey(txid: string, from: number): string {
  return `${txid}\0${from}`
}
