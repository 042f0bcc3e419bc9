import type { AskOptions, Direction, Explanation, LiveUpdate, QueryAnswer } from '@stateward/contract'
import { withInclude, withLimit, withOrder, withoutOrder, withWhere } from './compose-query.ts'
import { type ExplainOptions, explainAsk } from './explain-ask.ts'
import type { GroupOf } from './group-of.ts'
import { type LiveCount, mappedUpdates, onlyRows } from './live-counts.ts'
import { type LiveOptions, liveResults, type SubscribeOptions, subscribed } from './live-results.ts'
import { type MeasuredGroupOf, measuredGroup } from './measured-group.ts'
import { type AggregateOf, type MeasuresOf, measuresOfAll } from './measures-of.ts'
import type { AggregateAsk, QueryRunner } from './query-runner.ts'
import { RelatedQuery } from './related-query.ts'
import { RowsQuery } from './rows-query.ts'
import type { Selected } from './selected.ts'
import { SelectedQuery } from './selected-query.ts'
import { typed, typedRows } from './typed.ts'
import type { FieldOf, WhereOf } from './where-of.ts'

/**
 * A query of records of type `R`, whose references lead to `Relations` by field, put together step by step. Each step gives a
 * new builder and leaves the old one as it was; nothing is asked before one of `all`, `first`, `count`, `stream`, `page`,
 * `groupBy`, `aggregate`, `explain`, `live`, `liveCount`, `liveGroupBy`, `liveAggregate`, `liveAggregateBy`. What the query does wrong is `INVALID`, from the promise of that call (a value that no wire can carry: from `where` itself).
 */
export class QueryBuilder<R, Relations = Record<never, never>> extends RowsQuery<R> {
  protected override rowsOf(answer: QueryAnswer): readonly R[] {
    return typedRows<R>(answer)
  }

  /** Narrows the query; called again, both filters must hold. */
  where(filter: WhereOf<R>): QueryBuilder<R, Relations> {
    return new QueryBuilder(this.runner, withWhere(this.query, filter))
  }

  /** Orders by one field (default ascending); called again, by a further one. Ties, and everything else, come by id. */
  orderBy(field: FieldOf<R>, direction: Direction = 'asc'): QueryBuilder<R, Relations> {
    return new QueryBuilder(this.runner, withOrder(this.query, field, direction))
  }

  /** At most so many rows: 1 … `limits.queryRows`. For `page` it is the size of the page. */
  limit(rows: number): QueryBuilder<R, Relations> {
    return new QueryBuilder(this.runner, withLimit(this.query, rows))
  }

  /**
   * The same query, whose rows are copies with these fields alone: `specs.where(…).select('id', 'name').all()`. Comes last, before
   * the call that asks. The records are read, and cross a wire, as wholes.
   */
  select<const F extends FieldOf<R>>(...fields: readonly [F, ...F[]]): RowsQuery<Selected<R, F>> {
    return new SelectedQuery<R, F>(this.runner, this.query, fields)
  }

  /**
   * The same query with what its rows lead to by these references, all of one answer as of one commit, each related record read once:
   * `specs.where(…).include('plan_id').all()`. Comes last, before the call that asks. `UNSUPPORTED` where the endpoint gives
   * no related records.
   */
  include<const F extends keyof Relations & string>(
    ...fields: readonly [F, ...F[]]
  ): RelatedQuery<R, Pick<Relations, F>> {
    return new RelatedQuery<R, Pick<Relations, F>>(this.runner, withInclude(this.query, fields))
  }

  /** How many records match the filter, whatever the limit. */
  count(options?: AskOptions): Promise<number> {
    return this.runner.count(withoutOrder(this.query), options)
  }

  /** How many records match the filter, by the value of one field; groups in the order of the values, absence first. */
  groupBy<const F extends FieldOf<R>>(field: F, options?: AskOptions): Promise<readonly GroupOf<R, F>[]> {
    return this.runner.groupBy(withoutOrder(this.query), field, options).then(typed<readonly GroupOf<R, F>[]>)
  }

  /**
   * Numbers and values over all that match, whatever the limit: `aggregate({ specs: { count: true }, last: { max: 'updated_at' } })`.
   */
  aggregate<const M extends MeasuresOf<R>>(measures: M, options?: AskOptions): Promise<AggregateOf<R, M>> {
    const ask = { query: withoutOrder(this.query), measures }
    return this.runner.aggregate(ask, options).then(measuresOfAll<R, M>)
  }

  /** As `aggregate`, by the value of one field; groups in the order of the values, absence first. */
  aggregateBy<const F extends FieldOf<R>, const M extends MeasuresOf<R>>(
    field: F,
    measures: M,
    options?: AskOptions,
  ): Promise<readonly MeasuredGroupOf<R, F, M>[]> {
    const ask = { query: withoutOrder(this.query), by: field, measures }
    return this.runner.aggregate(ask, options).then((rows) => rows.map(measuredGroup<MeasuredGroupOf<R, F, M>>))
  }

  /**
   * How the query would be answered; with `{ analyze: true }` it is answered too, and `analysis` tells what that took.
   * `UNSUPPORTED` where the endpoint does not look at that. `degraded` says of `count` and `aggregate` what `answer` says of rows,
   * with `{ by: field }` of `groupBy`.
   */
  explain({ analyze, by, ...asking }: ExplainOptions<FieldOf<R>> = {}): Promise<Explanation> {
    return this.runner.explain(explainAsk(this.query, { analyze, by }), asking)
  }

  /**
   * The result, then only what becomes different in it: `for await (const update of query.live({ signal }))`, each to be
   * taken in with `applyLive(rows, update)`. Order and limit are kept; a change costs by itself, not by the result. Who
   * reads too slowly for the differences is told the whole result again. At most `limits.liveRows` rows (`TOO_LARGE`).
   */
  live(options?: LiveOptions): AsyncIterable<LiveUpdate<R>> {
    return liveResults<R>(this.runner, this.query, options)
  }

  /** As `live`, by calling back; answers the way to stop. What the callback throws goes to `onError`, and nowhere else. */
  subscribe(callback: (update: LiveUpdate<R>) => void, options: SubscribeOptions = {}): () => void {
    return subscribed((signal) => this.live({ signal }), callback, options)
  }

  /**
   * How many records match, now and whenever that becomes different: `for await (const { count } of query.liveCount({ signal }))`,
   * whatever the limit. A change costs by itself, however many match.
   */
  liveCount(options?: LiveOptions): AsyncIterable<LiveCount> {
    return onlyRows(this.#liveAggregate({ measures: { count: { count: true } } }, options), (row, seq) => ({
      seq,
      count: Number(row.measures.count),
    }))
  }

  /**
   * As `groupBy`, and then the groups that become different, each update to be taken in with `applyLive(groups, update)`. At most
   * `limits.liveRows` groups (`TOO_LARGE`).
   */
  liveGroupBy<const F extends FieldOf<R>>(field: F, options?: LiveOptions): AsyncIterable<LiveUpdate<GroupOf<R, F>>> {
    const updates = this.#liveAggregate({ by: field, measures: { count: { count: true } } }, options)
    return mappedUpdates(updates, ({ value, measures: { count } }) =>
      typed<GroupOf<R, F>>(value === undefined ? { count } : { value, count }),
    )
  }

  /** As `aggregate`, now and whenever that becomes different. A change costs by itself, however many match. */
  liveAggregate<const M extends MeasuresOf<R>>(measures: M, options?: LiveOptions): AsyncIterable<AggregateOf<R, M>> {
    return onlyRows(this.#liveAggregate({ measures }, options), (row) => typed<AggregateOf<R, M>>(row.measures))
  }

  /**
   * As `aggregateBy`, and then the groups that become different, each update to be taken in with `applyLive(groups, update)`. At most
   * `limits.liveRows` groups (`TOO_LARGE`).
   */
  liveAggregateBy<const F extends FieldOf<R>, const M extends MeasuresOf<R>>(
    field: F,
    measures: M,
    options?: LiveOptions,
  ): AsyncIterable<LiveUpdate<MeasuredGroupOf<R, F, M>>> {
    return mappedUpdates(this.#liveAggregate({ by: field, measures }, options), measuredGroup<MeasuredGroupOf<R, F, M>>)
  }

  #liveAggregate(
    ask: Omit<AggregateAsk, 'query'>,
    { signal = new AbortController().signal }: LiveOptions = {},
  ): ReturnType<QueryRunner['liveAggregate']> {
    return this.runner.liveAggregate({ ...ask, query: withoutOrder(this.query) }, signal)
  }
}
