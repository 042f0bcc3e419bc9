import { type ChangePlace, Cursor, type CursorOptions, takeCursor } from '@stateward/client'
import type { CursorRecord, Domain, Endpoint, Transacted, TypeOf } from '@stateward/contract'
import type { Transaction, TransactionOptions, Transactions } from './transaction.ts'

/** A cursor of a store in this process. */
export class StateCursor<D extends Domain, T extends TypeOf<D> = TypeOf<D>> extends Cursor<D, T> {
  readonly #transactions: Transactions<D>

  constructor(
    endpoint: Endpoint,
    position: CursorRecord,
    { transactions, ...options }: CursorOptions<D, T> & { readonly transactions: Transactions<D> },
  ) {
    super(endpoint, position, options)
    this.#transactions = transactions
  }

  /**
   * As `transaction` of the store, with the `ack` of this change in the same commit: what `work` writes is written exactly
   * once, however often the change comes.
   */
  async transaction<Result>(
    change: ChangePlace,
    work: (tx: Transaction<D>) => Promise<Result> | Result,
    options?: TransactionOptions,
  ): Promise<Result> {
    let acked: Transacted['results'][number] | undefined
    const result = await this.#transactions.run(work, options, async (within) => {
      const { results } = await within.operations([this.operationFor(change)])
      acked = results[0]
    })
    this.acknowledged(acked)
    return result
  }
}

/** Takes a cursor of a store by its name; see `StateMembers.cursor`. */
export type TakeCursor<D extends Domain> = <T extends TypeOf<D> = TypeOf<D>>(
  name: string,
  options?: CursorOptions<D, T>,
) => Promise<StateCursor<D, T>>

export function cursorTaker<D extends Domain>(endpoint: Endpoint, transactions: Transactions<D>): TakeCursor<D> {
  return async (name, options = {}) =>
    new StateCursor(endpoint, await takeCursor(endpoint, name, options), { ...options, transactions })
}
