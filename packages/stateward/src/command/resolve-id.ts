import { type Domain, type Endpoint, hasCode, type JsonObject, StatewardError } from '@stateward/contract'
import type { GivenFields } from './fields.ts'
import { printable } from './printable.ts'

/** The command takes what somebody has typed: fewer characters are a slip as often as they are meant. */
const fewestChars = 4
const uuidChars = 36

/**
 * The id that is meant by an id or by the end of one, of at least four characters. `NOT_FOUND` when no record of the type
 * has such an id, `AMBIGUOUS` when several have: the message lists them. `deleted`: among deleted records too.
 */
export async function resolveId(
  endpoint: Endpoint,
  type: string,
  given: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<string> {
  const end = given.replace(/^(…|\.\.\.)/, '')
  try {
    const { id } = await endpoint.ask('resolveId', { type, id: end, deleted })
    if (!isEnd(end) && id !== end) throw notFound(type, given)
    return id
  } catch (error) {
    if (hasCode(error, 'NOT_FOUND')) throw notFound(type, given, error)
    if (!hasCode(error, 'AMBIGUOUS')) throw error
    throw isEnd(end) ? await ambiguous(endpoint, { type, given }, error) : notFound(type, given, error)
  }
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

/** What people know a record by. */
export function nameOf(record: JsonObject): string {
  for (const field of ['name', 'title', 'loop_type']) {
    const name = record[field]
    if (typeof name === 'string') return name
  }
  return ''
}

function notFound(type: string, given: string, cause?: unknown): StatewardError {
  return new StatewardError(
    'NOT_FOUND',
    `expected a ${type} whose id is ${JSON.stringify(given)} or ends with it (at least ${fewestChars} characters), found none; stateward list ${type} shows them`,
    { cause, details: { ...detailsOf(cause), type, id: given } },
  )
}

async function ambiguous(
  endpoint: Endpoint,
  { type, given }: { readonly type: string; readonly given: string },
  cause: unknown,
): Promise<StatewardError> {
  const { candidates, count } = detailsOf(cause)
  const ids = Array.isArray(candidates) ? candidates.map(String) : []
  const records = await endpoint.ask('getMany', { type, ids })
  const list = ids.map((id, at) => {
    const record = records[at]
    return `\n  ${id}  ${record === undefined || record === null ? 'deleted' : printable(nameOf(record))}`.trimEnd()
  })
  const others = Number(count) - ids.length
  return new StatewardError(
    'AMBIGUOUS',
    `expected the end of one id, found ${count} of type ${type} that end with ${JSON.stringify(given)}; give more characters:${list.join('')}${others > 0 ? `\n  and ${others} more` : ''}`,
    { cause, details: { type, id: given, candidates: ids, count } },
  )
}

function detailsOf(cause: unknown): Readonly<Record<string, unknown>> {
  return hasCode(cause, 'NOT_FOUND') || hasCode(cause, 'AMBIGUOUS') ? cause.details : {}
}
