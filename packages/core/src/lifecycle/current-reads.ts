import type { Handlers, ReadKind } from '../reading/reads.ts'
import type { Terms } from './terms.ts'

/** Reads, each answered by the term that is the present one when it is asked. */
export function currentReads(terms: Terms): Handlers<ReadKind> {
  return {
    get: (body, asking) => terms.current.reads.handlers.get(body, asking),
    getMany: (body, asking) => terms.current.reads.handlers.getMany(body, asking),
    query: (body, asking) => terms.current.reads.handlers.query(body, asking),
    count: (body, asking) => terms.current.reads.handlers.count(body, asking),
    groupBy: (body, asking) => terms.current.reads.handlers.groupBy(body, asking),
    aggregate: (body, asking) => terms.current.reads.handlers.aggregate(body, asking),
    explain: (body, asking) => terms.current.reads.handlers.explain(body, asking),
    asOf: (body, asking) => terms.current.reads.handlers.asOf(body, asking),
    diff: (given, asking) => {
      const body = { ...given }
      return terms.steadily(async ({ reads }) => reads.handlers.diff(body, asking))
    },
    question: (body, asking) => terms.current.reads.handlers.question(body, asking),
    history: (given, asking) => {
      // Read once, and now: what is wrong with it is for the dispatcher to put into words.
      const body = { ...given }
      return terms.steadily(async ({ reads }) => reads.handlers.history(body, asking))
    },
    resolveId: (body, asking) => terms.current.reads.handlers.resolveId(body, asking),
    snapshot: async (body, asking) => {
      const { live } = terms.current
      if (!live.whole.isReached) await live.whole.reached()
      return terms.current.reads.handlers.snapshot(body, asking)
    },
    release: (body, asking) => terms.current.reads.handlers.release(body, asking),
  }
}
