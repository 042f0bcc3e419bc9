import type { AskOptions, DiffPage, Domain, Endpoint, Moment, RecordDiff, Seq, TypeOf } from '@stateward/contract'
import type { ClientOptions } from './client-options.ts'
import { type Collections, collections } from './collections.ts'
import { readPast } from './read-only.ts'

/**
 * The state after one commit of the past: a collection for each type, with the reads of the store. Nothing has to be
 * closed. What retention lets go of later is `TRIMMED` from then on.
 */
export type PastState<D extends Domain = Domain> = Collections<D> & Moment

/** A moment: the seq of a commit; or a time, as a `Date` or an RFC 3339 date-time. */
export type PastPoint = Seq | Date | string

/**
 * The state as of a moment, at any endpoint. `time` means the last commit, in the order of seq, whose time is not behind it: a
 * clock that was set back never takes a commit out of the state of a later one. Rejects with `INVALID` for what is in the
 * future or no moment, `TRIMMED` for what the log has let go of (`details.oldestSeq`, `details.oldestTime`).
 */
export async function pastState<const D extends Domain>(
  endpoint: Endpoint,
  domain: D,
  point: PastPoint,
  options: ClientOptions & AskOptions = {},
): Promise<PastState<D>> {
  const { signal, timeoutMs, ...clientOptions } = options
  const asking = { ...(signal && { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
  const moment = await endpoint.ask(
    'asOf',
    typeof point === 'number' ? { seq: point } : { time: timeOf(point) },
    asking,
  )
  // A domain has no type that is called like a member, so neither hides the other.
  return Object.freeze({
    ...collections(readPast(endpoint, moment.seq), domain, clientOptions),
    ...moment,
  }) as PastState<D>
}

/**
 * What differs between two moments of an endpoint, record by record, in the order in which they were first changed; asked for in
 * pages as they are needed, so that no difference is too large. `INVALID` where `to` is before `from`.
 */
export async function* diff<const D extends Domain>(
  endpoint: Endpoint,
  { from, to }: { readonly from: PastPoint; readonly to: PastPoint },
  options: AskOptions = {},
): AsyncGenerator<DiffOf<D>, void, undefined> {
  const seqOf = async (point: PastPoint): Promise<Seq> =>
    typeof point === 'number' ? point : (await endpoint.ask('asOf', { time: timeOf(point) }, options)).seq
  const moments = { from: await seqOf(from), to: await seqOf(to) }
  let after: Seq | undefined
  do {
    const body = { ...moments, ...(after === undefined ? {} : { after }) }
    const page: DiffPage = await endpoint.ask('diff', body, options)
    yield* page.records as readonly DiffOf<D>[]
    after = page.next
  } while (after !== undefined)
}

/** What two moments say of one record of a domain. */
export type DiffOf<D extends Domain> = Omit<RecordDiff, 'type'> & { readonly type: TypeOf<D> }

/** What is no date is left for the endpoint to refuse. */
function timeOf(point: Date | string): string {
  return point instanceof Date && !Number.isNaN(point.getTime()) ? point.toISOString() : String(point)
}
