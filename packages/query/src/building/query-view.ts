import type { Direction, Explanation, QueryAnswer } from '@stateward/contract'
import { withInclude, withLimit, withOrder, withoutOrder, withWhere } from './compose-query.ts'
import { type ExplainViewOptions, explainAsk } from './explain-ask.ts'
import type { GroupOf } from './group-of.ts'
import { type MeasuredGroupOf, measuredGroup } from './measured-group.ts'
import { type AggregateOf, type MeasuresOf, measuresOfAll } from './measures-of.ts'
import { RelatedView } from './related-view.ts'
import { RowsView } from './rows-view.ts'
import type { Selected } from './selected.ts'
import { SelectedView } from './selected-view.ts'
import { typed, typedRows } from './typed.ts'
import type { FieldOf, WhereOf } from './where-of.ts'
import type { WithRelated } from './with-related.ts'

/**
 * A query of records of type `R`, whose references lead to `Relations` by field, with every read of a `QueryBuilder` under the same
 * name, whose answer is there when the call returns; live queries are the builder's alone. Each step gives a new view and leaves
 * the old one as it was. Every call answers as of the commit that is the newest at that moment, and throws what is wrong. Nothing
 * else runs meanwhile, so a call reads at most `limits.viewBodies` records from the log: `TOO_LARGE`, and the builder answers it.
 */
export class QueryView<R, Relations = Record<never, never>> extends RowsView<R> {
  protected override rowsOf(answer: QueryAnswer): readonly R[] {
    return typedRows<R>(answer)
  }

  /** Narrows the query; called again, both filters must hold. */
  where(filter: WhereOf<R>): QueryView<R, Relations> {
    return new QueryView(this.runner, withWhere(this.query, filter))
  }

  /** Orders by one field (default ascending); called again, by a further one. Ties, and everything else, come by id. */
  orderBy(field: FieldOf<R>, direction: Direction = 'asc'): QueryView<R, Relations> {
    return new QueryView(this.runner, withOrder(this.query, field, direction))
  }

  /** At most so many rows: 1 … `limits.queryRows`. For `page` it is the size of the page. */
  limit(rows: number): QueryView<R, Relations> {
    return new QueryView(this.runner, withLimit(this.query, rows))
  }

  /** As `QueryBuilder.select`: rows that are copies with these fields alone. */
  select<const F extends FieldOf<R>>(...fields: readonly [F, ...F[]]): RowsView<Selected<R, F>> {
    return new SelectedView<R, F>(this.runner, this.query, fields)
  }

  /** As `QueryBuilder.include`: rows with what they lead to by these references. */
  include<const F extends keyof Relations & string>(
    ...fields: readonly [F, ...F[]]
  ): RowsView<WithRelated<R, Pick<Relations, F>>> {
    return new RelatedView<R, Pick<Relations, F>>(this.runner, withInclude(this.query, fields))
  }

  /** How many records match the filter, whatever the limit. */
  count(): number {
    return this.runner.count(withoutOrder(this.query))
  }

  /** How many records match the filter, by the value of one field; groups in the order of the values, absence first. */
  groupBy<const F extends FieldOf<R>>(field: F): readonly GroupOf<R, F>[] {
    return typed<readonly GroupOf<R, F>[]>(this.runner.groupBy(withoutOrder(this.query), field))
  }

  /** Numbers and values over all that match, whatever the limit, as `QueryBuilder.aggregate`. */
  aggregate<const M extends MeasuresOf<R>>(measures: M): AggregateOf<R, M> {
    return measuresOfAll<R, M>(this.runner.aggregate({ query: withoutOrder(this.query), measures }))
  }

  /** As `aggregate`, by the value of one field; groups in the order of the values, absence first. */
  aggregateBy<const F extends FieldOf<R>, const M extends MeasuresOf<R>>(
    field: F,
    measures: M,
  ): readonly MeasuredGroupOf<R, F, M>[] {
    const rows = this.runner.aggregate({ query: withoutOrder(this.query), by: field, measures })
    return rows.map(measuredGroup<MeasuredGroupOf<R, F, M>>)
  }

  /** How the query would be answered; with `{ analyze: true }` it is answered too, and `analysis` tells what that took. */
  explain(options: ExplainViewOptions<FieldOf<R>> = {}): Explanation {
    return this.runner.explain(explainAsk(this.query, options))
  }
}
