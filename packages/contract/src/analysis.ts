import type { Seq } from './seq.ts'

/** What a query took when it was answered to be explained. Watching each step costs time of its own, of which the steps hold a part. */
export interface Analysis {
  /** Rows of the answer. To be held against `estimatedRows` where the query has neither limit nor cursor. */
  readonly rows: number
  /** Records that an index, an id, the scan or a reference of `include` led to; one that was taken up a second time counts again. */
  readonly candidates: number
  /** Records among them that were in no cache, and were read from the log. */
  readonly bodies: number
  /** The commit as of which the rows were. */
  readonly seq: Seq
  /** Milliseconds from the question to the answer. */
  readonly ms: number
  /** Milliseconds by step, in this order; their sum is `ms`. */
  readonly steps: Readonly<Record<AnalyzedStep, number>>
}

/**
 * `plan` checks the query and chooses the way, `find` takes candidates from the index, `load` reads bodies from the log, `check`
 * holds candidates against the filter, `sort` orders what passed, `wait` is the time that other work had in between,
 * `rest` is whatever else.
 */
export type AnalyzedStep = 'plan' | 'find' | 'load' | 'check' | 'sort' | 'wait' | 'rest'
