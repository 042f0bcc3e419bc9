import type { Query, QueryAnswer } from '@stateward/contract'
import type { QueryViewRunner } from './query-view-runner.ts'
import { RowsView } from './rows-view.ts'
import { type Selected, selected } from './selected.ts'

/** A view whose rows are copies with some fields. */
export class SelectedView<R, F extends string> extends RowsView<Selected<R, F>> {
  readonly #fields: readonly F[]

  constructor(runner: QueryViewRunner, query: Query, fields: readonly F[]) {
    super(runner, query)
    this.#fields = fields
  }

  protected override rowsOf(answer: QueryAnswer): readonly Selected<R, F>[] {
    return selected<R, F>(answer, this.#fields)
  }
}
