import type { QueryAnswer } from '@stateward/contract'
import { RowsView } from './rows-view.ts'
import { type WithRelated, withRelated } from './with-related.ts'

/** A view whose rows come with what they lead to. */
export class RelatedView<R, Related> extends RowsView<WithRelated<R, Related>> {
  protected override rowsOf(answer: QueryAnswer): readonly WithRelated<R, Related>[] {
    return withRelated<R, Related>(answer)
  }
}
