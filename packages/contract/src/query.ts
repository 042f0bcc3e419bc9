import type { Analysis } from './analysis.ts'
import type { Direction } from './index-plugin.ts'
import type { JsonValue, StoredRecord } from './json.ts'
import type { Seq } from './seq.ts'

/**
 * Conditions on one field; all of them must hold. Ranges and `prefix` only match values of the operand's own kind
 * (number, text, boolean); in a field of kind `time` both sides are compared as instants.
 */
export interface Operators<V = JsonValue> {
  readonly eq?: V
  /** The exact complement of `eq`: absence matches it. */
  readonly ne?: V
  readonly in?: readonly V[]
  readonly lt?: V
  readonly lte?: V
  readonly gt?: V
  readonly gte?: V
  /** A text: case-sensitive substring of a text, or membership in an array. Any other value: membership in an array. */
  readonly contains?: JsonValue
  /** The text begins with this one; case-sensitive. */
  readonly prefix?: string
  /** Whether the field is there at all; `null` is there. */
  readonly exists?: boolean
}

/**
 * A filter as plain JSON: every key must hold. `field: value` is equality (null matches null, not absence); an object
 * holds operators; a list or an object as the value to equal is written `{ eq: … }`. `{}` is everything.
 */
export interface Where {
  readonly and?: readonly Where[]
  readonly or?: readonly Where[]
  readonly not?: Where
  readonly [field: string]: Operators | JsonValue | readonly Where[] | Where | undefined
}

export type OrderBy = readonly [field: string, direction: Direction]

/** A query as plain JSON. Rows come in `orderBy`, ties by id ascending; without `orderBy`, by id. */
export interface Query {
  readonly type: string
  readonly where?: Where
  readonly orderBy?: readonly OrderBy[]
  /** 1 … `limits.queryRows`; absent: all rows for `all` and `stream`, `limits.pageRows` for a page. */
  readonly limit?: number
  /** Where the page before ended; from `QueryAnswer.cursor` of the same query, else `INVALID`. */
  readonly cursor?: string
  /** Read the state of this open snapshot instead of the newest. */
  readonly snapshot?: string
  /**
   * Read the state after this commit instead of the newest; not beside `snapshot`. The first such query folds the log up to
   * there, in time O(commits up to it); the next ones of the same moment do not.
   */
  readonly asOf?: Seq
  /**
   * References of the type, each once: what the rows lead to by them comes along, in `QueryAnswer.related`. Only `query` looks
   * at it; a live query with it is `INVALID`, and so is a field that is no reference, or is named twice.
   */
  readonly include?: readonly string[]
}

/** What the rows of an answer lead to by one reference. As of the same commit as the rows. */
export interface RelatedRecords {
  /** Each once, in the order in which the rows first name them. */
  readonly records: readonly StoredRecord[]
  /**
   * For each row, where in `records` that stands which its field names; in a list of ids, for each of them. -1 where there is
   * no such record, or the field names none.
   */
  readonly places: readonly (number | readonly number[])[]
}

export interface QueryAnswer {
  readonly rows: readonly StoredRecord[]
  /** Present when rows were left out by `limit`: give it to the same query to go on. */
  readonly cursor?: string
  /** The commit as of which every row is. */
  readonly seq: Seq
  /** Present when the query has `include`: what the rows lead to, by each of its fields. */
  readonly related?: Readonly<Record<string, RelatedRecords>>
  /**
   * Present, and true, when an index that might have served is being built again: the rows are right, they may have taken longer.
   * Numbers and groups have no place for it: `explain` of the same query tells it of them.
   */
  readonly degraded?: true
}

/** One group: the value that its rows share (`undefined` where the field is absent) and their number. */
export interface Group {
  readonly value?: JsonValue
  readonly count: number
}

/**
 * One number or value over a set of records: how many there are, the sum or the mean of a field, its least or greatest
 * value. Exactly one key. `sum` and `avg` take the numbers among the values and pass over the rest; `min` and `max` take
 * every value but null, in the order of `orderBy`.
 */
export type Measure =
  | { readonly count: true }
  | { readonly sum: string }
  | { readonly avg: string }
  | { readonly min: string }
  | { readonly max: string }

/** Measures of all that match a query, whatever its order and limit, or by the value of one field. */
export interface AggregateAsk {
  readonly query: Query
  readonly by?: string
  readonly measures: Readonly<Record<string, Measure>>
}

/** Measures of the records that share a value of the field grouped by; of all, where there is none. */
export interface AggregateRow {
  /** `undefined` where the field is absent, and where nothing is grouped by. */
  readonly value?: JsonValue
  /** By the names that were asked. `avg`, `min` and `max` of nothing are absent. */
  readonly measures: Readonly<Record<string, JsonValue>>
}

/** What is asked to be explained. */
export interface ExplainAsk extends Query {
  /** Also answers the query, and tells what that took; the rows themselves are let go. Default false. */
  readonly analyze?: boolean
  /**
   * The field that `groupBy` is asked with: `degraded` and `dropped` then tell of the indexes that might serve its groups, and not of
   * those that only have the order of rows. The plan is that of the rows all the same. No field of the type: `INVALID`.
   */
  readonly by?: string
}

/** How a query is or was answered. */
export interface Explanation {
  readonly plan: PlanNode
  /** What is checked on each candidate beside the index; `undefined` when nothing. */
  readonly residual?: Where
  /** Fields of which one byte a record, where it is known, tells most of those that do not match without a look at them. */
  readonly fingerprints?: readonly string[]
  /** `index`: rows come in order, of an index or, where they are few, by the table of ids; `sort`: all that match are looked at, and sorted. */
  readonly order: 'index' | 'sort' | 'none'
  readonly estimatedRows: number
  readonly records: number
  /** What it took, where the question was to be answered as well. */
  readonly analysis?: Analysis
  /** Present when an index that is being built again might have served: this is the way that is taken without it. */
  readonly degraded?: true
  /** Indexes that might have served and are not kept in memory (`memory.maxBytes`), by name; this is the way that is taken without them. */
  readonly dropped?: readonly string[]
}

/** One of the indexes that are intersected, and how many rows it is expected to give by itself. */
export interface IntersectedIndex {
  readonly index: string
  readonly estimatedRows: number
}

export type PlanNode =
  | { readonly kind: 'id'; readonly ids: readonly string[] }
  | { readonly kind: 'lookup'; readonly index: string; readonly estimatedRows: number }
  | { readonly kind: 'ordered'; readonly index: string; readonly direction: Direction; readonly estimatedRows: number }
  /** What several indexes give, the one that is expected to give the fewest first: `estimatedRows` are those that all of them give. */
  | { readonly kind: 'intersection'; readonly of: readonly IntersectedIndex[]; readonly estimatedRows: number }
  | { readonly kind: 'scan'; readonly estimatedRows: number }
  | { readonly kind: 'empty' }

/** How a query is answered, without what it asks for: no value of a filter is in it. */
export interface QueryPlan {
  readonly access: 'id' | 'lookup' | 'ordered' | 'intersection' | 'scan' | 'empty'
  /** Of an intersection the names of all, with ` ∩ ` between them. */
  readonly index?: string
  /** Fields that are looked at on each candidate beside the index, in a nested filter too; `?` is one without any index. */
  readonly residual: readonly string[]
  readonly order: 'index' | 'sort' | 'none'
  readonly estimatedRows: number
  readonly records: number
}
