import { type Act, type Done, type Row, randomTransaction, transactionValues } from './random-transaction.ts'

/** A plain state on which transactions run one after the other: what each would see and do if it ran alone. */
export class SerialModel {
  readonly #values = new Map<string, number>()
  readonly #byValue: readonly Set<string>[] = Array.from({ length: transactionValues }, () => new Set<string>())
  /** What was there before, of everything that the present transaction has written. */
  readonly #before = new Map<string, number | undefined>()

  /** Runs a transaction, and keeps what it has written. */
  run(seed: number): Done {
    this.#before.clear()
    const steps = randomTransaction(seed)
    for (let step = steps.next([]); ; ) {
      if (step.done === true) return step.value
      step = steps.next(this.#take(step.value))
    }
  }

  /** Whether a transaction that has left nothing behind may have run here: it reads this, and changes nothing. */
  fits(seed: number, reads: string): boolean {
    const done = this.run(seed)
    let isSame = done.reads === reads
    for (const [id, n] of this.#before) {
      if (this.#values.get(id) !== n) isSame = false
      this.#set(id, n)
    }
    return isSame
  }

  get rows(): readonly (readonly [id: string, n: number])[] {
    return [...this.#values].sort(([left], [right]) => (left < right ? -1 : 1))
  }

  #take(act: Act): readonly (Row | undefined)[] | number {
    switch (act.op) {
      case 'pause':
        return 0
      case 'get':
        return [this.#values.has(act.id) ? { id: act.id, n: this.#values.get(act.id) } : undefined]
      case 'where':
        return this.#rowsAt(act.n)
      case 'count':
        return this.#byValue[act.n]?.size ?? 0
      case 'least':
        return this.#least(act.n)
      case 'put':
        this.#write(act.id, act.n)
        return 0
      case 'remove':
        this.#write(act.id, undefined)
        return 0
      default:
        return act satisfies never
    }
  }

  #rowsAt(n: number): Row[] {
    const ids = [...(this.#byValue[n] ?? [])]
    return (ids.length > 1 ? ids.sort() : ids).map((id) => ({ id, n }))
  }

  #least(count: number): Row[] {
    const rows: Row[] = []
    for (let n = 0; n < transactionValues && rows.length < count; n++) rows.push(...this.#rowsAt(n))
    return rows.slice(0, count)
  }

  #write(id: string, n: number | undefined): void {
    if (!this.#before.has(id)) this.#before.set(id, this.#values.get(id))
    this.#set(id, n)
  }

  #set(id: string, n: number | undefined): void {
    const before = this.#values.get(id)
    if (before !== undefined) this.#byValue[before]?.delete(id)
    if (n === undefined) this.#values.delete(id)
    else {
      this.#values.set(id, n)
      this.#byValue[n]?.add(id)
    }
  }
}
