import type { Store } from '../contender.ts'

const nothing: Promise<undefined> = Promise.resolve(undefined)
const none: Promise<never[]> = Promise.resolve([])
const noCounts: Promise<Record<string, number>> = Promise.resolve({})

/** Does nothing and answers with a promise that is resolved already: what the harness itself can do. */
export async function openCeiling(): Promise<Store> {
  return {
    writes: {
      load: async (batches) => {
        for (const _ of batches);
      },
      create: () => nothing,
      update: () => nothing,
    },
    transactions: { readAndWrite: () => nothing, writeAll: () => nothing },
    reads: {
      size: () => 0,
      get: () => nothing,
      newest: () => none,
      specsOf: () => none,
      since: () => none,
      named: () => none,
      counts: () => noCounts,
    },
    close: () => undefined,
  }
}
