import type { Query, QueryAnswer } from '@stateward/contract'
import type { QueryRunner } from './query-runner.ts'
import { RowsQuery } from './rows-query.ts'
import { type Selected, selected } from './selected.ts'

/** A query whose rows are copies with some fields. */
export class SelectedQuery<R, F extends string> extends RowsQuery<Selected<R, F>> {
  readonly #fields: readonly F[]

  constructor(runner: QueryRunner, query: Query, fields: readonly F[]) {
    super(runner, query)
    this.#fields = fields
  }

  protected override rowsOf(answer: QueryAnswer): readonly Selected<R, F>[] {
    return selected<R, F>(answer, this.#fields)
  }
}
