export type { Accumulator } from './accumulator.ts'
export { type RowsMeasured, rowMeasures } from './aggregate-rows.ts'
export { applyLive } from './apply-live.ts'
export { checkField } from './check-field.ts'
export { type CheckedMeasure, checkMeasures } from './check-measures.ts'
export { checkQuery } from './check-query.ts'
export { withLimit, withOrder, withoutOrder, withWhere } from './compose-query.ts'
export {
  and,
  type ConditionOn,
  contains,
  eq,
  exists,
  gt,
  gte,
  isIn,
  lt,
  lte,
  ne,
  not,
  or,
  prefix,
} from './conditions.ts'
export { decodeCursor, encodeCursor, type Position } from './cursor.ts'
export type { GroupOf, GroupValueOf } from './group-of.ts'
export { groupRows, rowGroups } from './group-rows.ts'
export type { LiveCount } from './live-counts.ts'
export { LiveGroups, type LiveGroupsOptions } from './live-groups.ts'
export type { LiveOptions, SubscribeOptions } from './live-results.ts'
export { LiveWindow, type LiveWindowOptions, liveDifference } from './live-window.ts'
export type { AggregateOf, MeasuresOf } from './measures-of.ts'
export { type Compare, compileOrder } from './order.ts'
export type { Page } from './page.ts'
export type { Access, Plan } from './plan.ts'
export { planQuery } from './plan-query.ts'
export { compilePredicate, type Predicate } from './predicate.ts'
export { type ExplainOptions, QueryBuilder } from './query-builder.ts'
export type { AggregateAsk, QueryRunner } from './query-runner.ts'
export { QueryView, type QueryViewRunner } from './query-view.ts'
export { RelatedQuery } from './related-query.ts'
export { RowsQuery } from './rows-query.ts'
export type { Selected } from './selected.ts'
export { topK, topRows } from './top-k.ts'
export { WatchIndex } from './watch-index.ts'
export type { FieldOf, OperatorsOf, WhereOf } from './where-of.ts'
export type { WithRelated } from './with-related.ts'
