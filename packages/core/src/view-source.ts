import type { ViewSource } from '@stateward/client'
import type { LogReader } from '@stateward/contract'
import { noSync } from './bodies.ts'
import { asRefusal } from './check.ts'
import { closed } from './refusals.ts'

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
      throw asRefusal(error)
    }
  }
  return {
    get: (type, id) => reading((source) => source.get(type, id)),
    getMany: (type, ids) => reading((source) => source.getMany(type, ids)),
    query: (query) => reading((source) => source.query(query)),
    count: (query) => reading((source) => source.count(query)),
    groupBy: (query, field) => reading((source) => source.groupBy(query, field)),
    explain: (query) => reading((source) => source.explain(query)),
  }
}
