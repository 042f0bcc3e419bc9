import { type QueryAnswer, StatewardError } from '@stateward/contract'
import { typed } from './typed.ts'

/** A row, and beside it what it leads to. The row is the store's own record, as without `include`. */
export interface WithRelated<R, Related> {
  readonly record: R
  readonly related: Related
}

/**
 * Each row with its own. A related record is one object, however many rows lead to it. Throws `UNSUPPORTED` where the endpoint
 * has given no related records: rows that lead nowhere would look the same.
 */
export function withRelated<R, Related>({ rows, related }: QueryAnswer): readonly WithRelated<R, Related>[] {
  if (related === undefined)
    throw new StatewardError(
      'UNSUPPORTED',
      'expected an endpoint that gives related records, found one that gives rows alone; ask for them with getMany',
    )
  const fields = Object.entries(related)
  return rows.map((record, at) => {
    const own = fields.map(([field, { records, places }]) => {
      const place = places[at] ?? -1
      return [field, typeof place === 'number' ? records[place] : place.map((one) => records[one])] as const
    })
    return { record: typed<R>(record), related: typed<Related>(Object.fromEntries(own)) }
  })
}
