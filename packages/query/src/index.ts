export { withLimit, withOrder, withoutOrder, withWhere } from './building/compose-query.ts'
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
} from './building/conditions.ts'
export type { ExplainOptions, ExplainViewOptions } from './building/explain-ask.ts'
export type { GroupOf, GroupValueOf } from './building/group-of.ts'
export type { LiveCount } from './building/live-counts.ts'
export type { LiveOptions, SubscribeOptions } from './building/live-results.ts'
export type { AggregateOf, MeasuresOf } from './building/measures-of.ts'
export type { Answer, Page } from './building/page.ts'
export { QueryBuilder } from './building/query-builder.ts'
export type { AggregateAsk, QueryRunner } from './building/query-runner.ts'
export { QueryView } from './building/query-view.ts'
export type { QueryViewRunner } from './building/query-view-runner.ts'
export { RelatedQuery } from './building/related-query.ts'
export { RowsQuery } from './building/rows-query.ts'
export { RowsView } from './building/rows-view.ts'
export type { Selected } from './building/selected.ts'
export type { FieldOf, OperatorsOf, WhereOf } from './building/where-of.ts'
export type { WithRelated } from './building/with-related.ts'
export { decodeCursor, encodeCursor, type Position } from './planning/cursor.ts'
export { type Access, type HeldField, type IndexProbe, indexesOf, type Plan } from './planning/plan.ts'
export { planQuery } from './planning/plan-query.ts'
export { compilePredicate, type Predicate } from './planning/predicate.ts'
export { PreparedQuery } from './planning/prepared-query.ts'
export { fieldsOf } from './planning/where-parts.ts'
export { type RowsMeasured, rowMeasures } from './results/aggregate-rows.ts'
export { applyLive } from './results/apply-live.ts'
export { groupRows, rowGroups } from './results/group-rows.ts'
export { LiveGroups, type LiveGroupsOptions } from './results/live-groups.ts'
export { LiveWindow, type LiveWindowOptions, liveDifference } from './results/live-window.ts'
export { WatchIndex } from './results/watch-index.ts'
export { checkField } from './validation/check-field.ts'
export { type CheckedMeasure, checkMeasures } from './validation/check-measures.ts'
export { checkQuery } from './validation/check-query.ts'
export { QueryShape } from './validation/query-shape.ts'
export type { Scalar } from './validation/scalars.ts'
export { ScalarTree, ShapeTree } from './validation/shape-tree.ts'
export type { Accumulator } from './values/accumulator.ts'
export { type Compare, compileOrder } from './values/order.ts'
export { topK, topRows } from './values/top-k.ts'
