import type { ViewSource } from '@stateward/client'
import { type LogReader, StatewardError } from '@stateward/contract'
import { isDamagedImage } from '@stateward/index'
import { noSync } from '../records/bodies.ts'
import { asRefusal } from '../validation/check.ts'
import { closed } from '../validation/refusals.ts'

interface ViewSourceOf {
  /** Asked at each call, because a reopening begins a new term. */
  readonly current: () => { readonly source: ViewSource; readonly reader: LogReader }
  readonly isClosed: () => boolean
}

/** Reads within the call, for as long as the store is open and its storage can. Whatever goes wrong is thrown as a `StatewardError`. */
export function viewSource({ current, isClosed }: ViewSourceOf): ViewSource {
  const reading = <T>(read: (source: ViewSource) => T): T => {
    if (isClosed()) throw closed()
    const { source, reader } = current()
    // Also where all happens to be in memory, so that a program does not fail only once it has grown.
    if (reader.fetchSync === undefined) throw noSync()
    try {
      return read(source)
    } catch (error) {
      if (isDamagedImage(error)) throw notWhole(error)
      throw asRefusal(error)
    }
  }
  return {
    get: (type, id) => reading((source) => source.get(type, id)),
    getMany: (type, ids) => reading((source) => source.getMany(type, ids)),
    query: (query) => reading((source) => source.query(query)),
    count: (query) => reading((source) => source.count(query)),
    groupBy: (query, field) => reading((source) => source.groupBy(query, field)),
    aggregate: (ask) => reading((source) => source.aggregate(ask)),
    explain: (query) => reading((source) => source.explain(query)),
  }
}

/** The log is being read in place of a damaged checkpoint, which no call can wait for. */
function notWhole(cause: unknown): StatewardError {
  return new StatewardError(
    'BUSY',
    'expected a state that is read from its checkpoint, found that to be damaged; it is read from the log, ask again soon or with a promise',
    { cause },
  )
}
