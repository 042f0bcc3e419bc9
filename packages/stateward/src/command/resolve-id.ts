import { type Domain, type Endpoint, type JsonObject, type Query, StatewardError } from '@stateward/contract'
import { commitsUpToNow } from './commits.ts'
import type { GivenFields } from './fields.ts'
import { printable } from './printable.ts'

const fewestChars = 4
const candidatesNamed = 20
const rowsPerPage = 3_200
const uuidChars = 36

interface Candidate {
  readonly id: string
  readonly name: string
}

/**
 * The id that is meant by an id or by the end of one, of at least four characters. `NOT_FOUND` when no record of the type
 * has such an id, `INVALID` when several have: the message lists them. `deleted`: among deleted records too.
 */
export async function resolveId(
  endpoint: Endpoint,
  type: string,
  given: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<string> {
  const exact = await endpoint.ask('get', { type, id: given })
  if (exact !== undefined && exact !== null) return given
  const end = given.replace(/^(…|\.\.\.)/, '')
  const candidates = isEnd(end) ? await liveEndings(endpoint, type, end) : []
  if (candidates.length === 0 && deleted) candidates.push(...(await deletedEndings(endpoint, type, end)))
  const [first] = candidates
  if (first === undefined) throw notFound(type, given)
  if (candidates.length > 1) throw ambiguous(type, given, candidates)
  return first.id
}

/** As the fields, with the ends of ids in reference fields made whole where they lead to one record. */
export async function withWholeReferences(
  endpoint: Endpoint,
  { type, domain, given }: { type: string; domain: Domain; given: GivenFields },
): Promise<JsonObject> {
  const refs = domain.entities[type]?.refs ?? {}
  const whole: Record<string, string> = {}
  for (const name of given.texts) {
    const text = String(given.fields[name])
    const to = refs[name]?.to
    const target = typeof to === 'object' ? given.fields[to.typeField] : to
    if (!isEnd(text) || typeof target !== 'string' || domain.entities[target] === undefined) continue
    whole[name] = await resolveId(endpoint, target, text)
  }
  return { ...given.fields, ...whole }
}

function isEnd(text: string): boolean {
  return text.length >= fewestChars && text.length < uuidChars
}

async function liveEndings(endpoint: Endpoint, type: string, end: string): Promise<Candidate[]> {
  const found: Candidate[] = []
  let query: Query | undefined = { type, limit: rowsPerPage }
  while (query !== undefined) {
    const { rows, cursor }: { rows: readonly JsonObject[]; cursor?: string } = await endpoint.ask('query', query)
    for (const row of rows) if (String(row.id).endsWith(end)) found.push({ id: String(row.id), name: nameOf(row) })
    query = cursor === undefined ? undefined : { type, limit: rowsPerPage, cursor }
  }
  return found
}

async function deletedEndings(endpoint: Endpoint, type: string, end: string): Promise<Candidate[]> {
  const ids = new Set<string>()
  for await (const { changes } of commitsUpToNow(endpoint)) {
    for (const { op, type: changed, id } of changes) {
      if (op === 'delete' && changed === type && (id === end || (isEnd(end) && id.endsWith(end)))) ids.add(id)
    }
  }
  return [...ids].map((id) => ({ id, name: 'deleted' }))
}

/** What people know a record by. */
export function nameOf(record: JsonObject): string {
  for (const field of ['name', 'title', 'loop_type']) {
    const name = record[field]
    if (typeof name === 'string') return name
  }
  return ''
}

function notFound(type: string, given: string): StatewardError {
  return new StatewardError(
    'NOT_FOUND',
    `expected a ${type} whose id is ${JSON.stringify(given)} or ends with it (at least ${fewestChars} characters), found none; stateward list ${type} shows them`,
    { details: { type, id: given } },
  )
}

function ambiguous(type: string, given: string, candidates: readonly Candidate[]): StatewardError {
  const named = candidates.slice(0, candidatesNamed)
  const others = candidates.length - named.length
  const list = named.map(({ id, name }) => `\n  ${id}  ${printable(name)}`).join('')
  return new StatewardError(
    'INVALID',
    `expected the end of one id, found ${candidates.length} of type ${type} that end with ${JSON.stringify(given)}; give more characters:${list}${others > 0 ? `\n  and ${others} more` : ''}`,
    { details: { type, id: given, candidates: named.map(({ id }) => id) } },
  )
}
