import { type AskOptions, limits, type RelatedRecords, StatewardError, type StoredRecord } from '@stateward/contract'
import { targetOf } from '../deciding/targets.ts'
import { BodyRequest } from '../records/bodies.ts'
import { recordKey } from '../records/record-key.ts'
import { readAll } from '../state/read-records.ts'
import { type Candidate, isCold } from '../state/read-view.ts'
import type { QueryGround } from './query-ground.ts'

const bodiesPerRead = 1_024

type Related = Readonly<Record<string, RelatedRecords>>

/**
 * What these rows lead to, by each of the references. All of it is looked up before the first `await`, so that it is as of the
 * seq that the view has at the call. Each record is read once, by however many references and rows it is named; what is
 * not in memory is read together, in the order of the log. Rejects with `TOO_LARGE` when one reference leads to more than
 * `limits.queryRows` records.
 */
export async function relatedRecords(
  ground: QueryGround,
  include: readonly string[],
  rows: readonly StoredRecord[],
  options: AskOptions,
): Promise<Related> {
  const release = ground.live.bodies.hold()
  try {
    const found = relatedTo(ground, include, rows)
    return withBodies(found, await bodiesOf(ground, found.cold, options))
  } finally {
    release()
  }
}

/** As `relatedRecords`, within the call; `read` gives the bodies of those that are not in memory, in their order. */
export function relatedNow(
  ground: QueryGround,
  include: readonly string[],
  rows: readonly StoredRecord[],
  read: (requests: readonly BodyRequest[]) => readonly StoredRecord[],
): Related {
  const found = relatedTo(ground, include, rows)
  const bodies = new Map<Candidate, StoredRecord>()
  const loaded = read(found.cold)
  for (const [at, request] of found.cold.entries()) {
    const record = loaded[at]
    if (record !== undefined) bodies.set(request, record)
  }
  return withBodies(found, bodies)
}

interface FoundRelated {
  readonly references: readonly {
    readonly field: string
    readonly named: readonly Candidate[]
    readonly places: RelatedRecords['places']
  }[]
  /** Those that are not in memory, each once. */
  readonly cold: readonly BodyRequest[]
}

function relatedTo(ground: QueryGround, include: readonly string[], rows: readonly StoredRecord[]): FoundRelated {
  const candidates = new Map<string, Candidate | undefined>()
  for (const row of rows) candidates.set(recordKey(ground.type.name, row.id), row)
  const references = include.map((field) => ({ field, ...foundBy(ground, field, rows, candidates) }))
  return { references, cold: [...candidates.values()].filter((one) => one instanceof BodyRequest) }
}

function withBodies({ references }: FoundRelated, bodies: ReadonlyMap<Candidate, StoredRecord>): Related {
  const bodyOf = (one: Candidate): StoredRecord | readonly StoredRecord[] =>
    isCold(one) ? (bodies.get(one) ?? []) : one
  return Object.fromEntries(
    references.map(({ field, named, places }) => [field, { records: named.flatMap(bodyOf), places }]),
  )
}

/** What the rows name by one reference, each once; `candidates` are those that are known, and it adds to them. */
function foundBy(
  { entity, view, live }: QueryGround,
  field: string,
  rows: readonly StoredRecord[],
  candidates: Map<string, Candidate | undefined>,
): { readonly named: readonly Candidate[]; readonly places: RelatedRecords['places'] } {
  const named: Candidate[] = []
  const known = new Map<string, number>()
  const placeOf = (row: StoredRecord, value: unknown): number => {
    const target = targetOf(entity, field, row, value)
    if (target === undefined) return -1
    const key = recordKey(target.type, target.id)
    const before = known.get(key)
    if (before !== undefined) return before
    if (!candidates.has(key)) candidates.set(key, view.find(live.type(target.type), target.id))
    const candidate = candidates.get(key)
    const place = candidate === undefined ? -1 : named.push(candidate) - 1
    if (named.length > limits.queryRows) throw tooMany(field)
    known.set(key, place)
    return place
  }
  const places = rows.map((row) => {
    const value: unknown = row[field]
    return Array.isArray(value) ? value.map((one) => placeOf(row, one)) : placeOf(row, value)
  })
  return { named, places }
}

/** The bodies of those that are not in memory. */
async function bodiesOf(
  ground: QueryGround,
  cold: readonly BodyRequest[],
  { signal }: AskOptions,
): Promise<ReadonlyMap<Candidate, StoredRecord>> {
  const bodies = new Map<Candidate, StoredRecord>()
  for (let from = 0; from < cold.length; from += bodiesPerRead) {
    const loaded = await (ground.metered?.readAll ?? readAll)(ground.live, cold.slice(from, from + bodiesPerRead))
    for (const [request, record] of loaded) bodies.set(request, record)
    if (signal?.aborted === true)
      throw new StatewardError('ABORTED', 'the query was aborted while it ran', { cause: signal.reason })
  }
  return bodies
}

function tooMany(field: string): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected ${field} of the rows to lead to at most ${limits.queryRows} records, found more; ask in pages`,
    { details: { field, most: limits.queryRows } },
  )
}
