import type { Bug } from './bug.ts'

/** Bugs of indexes, plans and pages: rows that are missing, or too many, and nobody told. */
export const bugsOfQueries: readonly Bug[] = [
  {
    name: 'forgets to take a changed record out of an order',
    file: 'index/src/indexes/ordered-index.ts',
    find: '      if (before !== undefined) list.remove({ group, key: order.keyOf(from), slot })\n',
    replace: '',
    foundBy: ['query'],
  },
  {
    name: 'stops looking for the first rows when it has as many as asked',
    file: 'query/src/values/top-k.ts',
    find: '    if (!this.#isHeap) this.#makeHeap()\n',
    replace: '    return\n',
    foundBy: ['query'],
  },
  {
    name: 'begins a page behind all rows that are tied with the last one',
    file: 'query/src/planning/cursor.ts',
    find: 'at < steps.length; at++',
    replace: 'at < 1; at++',
    foundBy: ['query'],
  },
  {
    name: 'keeps a plan whose index may not be asked any more',
    file: 'core/src/querying/plan-cache.ts',
    find: 'shape?.indexes === type.indexes',
    replace: 'shape !== undefined',
    foundBy: ['query'],
  },
]
