import {
  type Endpoint,
  type JsonObject,
  limits,
  type OrderBy,
  type Query,
  StatewardError,
  type Where,
} from '@stateward/contract'
import { type Cli, examples } from './cli.ts'
import { fieldsFrom, type GivenFields } from './fields.ts'
import { jsonArgument } from './json-argument.ts'
import { counted, grouped } from './perform-write.ts'
import { recordTable } from './record-table.ts'
import { withWholeReferences } from './resolve-id.ts'
import type { Session } from './session.ts'
import { UsageError } from './usage-error.ts'
import { several, wholeNumber } from './write-options.ts'

interface ListOptions {
  readonly where?: string
  readonly order?: readonly string[]
  readonly limit?: number
  readonly cursor?: string
  readonly fields?: string
}

interface ListAsk {
  readonly type: string
  readonly pairs: readonly string[]
  readonly options: ListOptions
}

const tableRows = 100
const rowsPerPage = 1_000

export function registerList({ program, run }: Cli): void {
  program
    .command('list')
    .description('List records of one type, filtered and ordered.')
    .argument('<type>', 'their type')
    .argument('[fields...]', 'only those with these values: name=text, or name:=json')
    .option('--where <json>', 'a filter; - reads standard input, @file a file')
    .option('--order <field[:desc]>', 'order by a field; may be given several times', several)
    .option(
      '--limit <n>',
      `at most so many (default: ${tableRows} in a table, all with --json)`,
      wholeNumber('--limit', 1),
    )
    .option('--cursor <text>', 'go on where the page before ended')
    .option('--fields <a,b,c>', 'the columns of the table')
    .addHelpText(
      'after',
      examples([
        ['stateward list spec', 'the first hundred, by id'],
        ['stateward list spec status=pending plan_id=5e0c1a7b', 'with these values'],
        ['stateward list spec --order updated_at:desc --limit 20', 'the newest twenty'],
        [
          `stateward list phase --where '{"order":{"gte":2},"status":{"in":["draft","pending"]}}'`,
          'operators: eq ne in lt lte gt gte contains prefix exists, and or not',
        ],
        ['stateward list plan --json | jq -r .id', 'JSON lines, all of them'],
      ]),
    )
    .action((type: string, pairs: string[], options: ListOptions) =>
      run((session) => list(session, { type, pairs, options })),
    )
}

async function list(session: Session, { type, pairs, options }: ListAsk): Promise<void> {
  const given = fieldsFrom(pairs)
  const filter = options.where === undefined ? undefined : await whereOf(session, options.where)
  const orderBy = (options.order ?? []).map(orderOf)
  await session.read(async (state) => {
    const where = await wholeFilter(state, session, { type, given, filter })
    const query: Query = {
      type,
      ...(where === undefined ? {} : { where }),
      ...(orderBy.length === 0 ? {} : { orderBy }),
      ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
    }
    return session.json ? listJson(state, session, query, options.limit) : listTable(state, session, query, options)
  })
}

async function whereOf({ io }: Session, given: string): Promise<Where> {
  return (await jsonArgument(io, given, { what: '--where', example: '{"status":"pending"}' })) as Where
}

async function wholeFilter(
  endpoint: Endpoint,
  { domain }: Session,
  { type, given, filter }: { type: string; given: GivenFields; filter: Where | undefined },
): Promise<Where | undefined> {
  const fields = await withWholeReferences(endpoint, { type, domain, given })
  if (Object.keys(fields).length === 0) return filter
  const equal = Object.entries(fields).map(([field, value]): Where => ({ [field]: { eq: value as JsonObject } }))
  return { and: filter === undefined ? equal : [...equal, filter] }
}

function orderOf(text: string): OrderBy {
  const [field = '', direction = 'asc', ...rest] = text.split(':')
  if (field !== '' && rest.length === 0 && (direction === 'asc' || direction === 'desc')) return [field, direction]
  throw new UsageError(`expected --order field, field:asc or field:desc, found ${JSON.stringify(text)}`)
}

/** Every row as a line, page by page; where a limit left some out, the cursor is on standard error. */
async function listJson(
  endpoint: Endpoint,
  { io, output }: Session,
  query: Query,
  limit = Number.POSITIVE_INFINITY,
): Promise<void> {
  let left = limit
  let next: string | undefined = query.cursor
  do {
    const page = await endpoint.ask('query', {
      ...query,
      limit: Math.min(rowsPerPage, left),
      ...(next === undefined ? {} : { cursor: next }),
    })
    await output.lines(page.rows.map((row) => JSON.stringify(row)))
    left -= page.rows.length
    next = page.cursor
  } while (next !== undefined && left > 0)
  if (next !== undefined) io.stderr.write(`${JSON.stringify({ cursor: next })}\n`)
}

async function listTable(
  endpoint: Endpoint,
  session: Session,
  query: Query,
  { limit = tableRows, fields }: ListOptions,
): Promise<void> {
  const { output, domain } = session
  const { type } = query
  const { rows, cursor } = await endpoint.ask('query', { ...query, limit: Math.min(limit, limits.queryRows) })
  const entity = domain.entities[type]
  if (entity === undefined) throw new StatewardError('INVALID', `expected a type of the domain, found ${type}`)
  const columns = fields?.split(',').map((field) => field.trim())
  if (rows.length > 0) await output.lines(recordTable(rows, { entity, output, fields: columns }))
  const total = await endpoint.ask('count', { type, ...(query.where === undefined ? {} : { where: query.where }) })
  const shown = total === rows.length ? counted(total, type) : `${grouped(rows.length)} of ${counted(total, type)}`
  output.note(output.paintNote.dim(shown))
  if (cursor !== undefined) output.note(output.paintNote.dim(`more: the same with --cursor ${cursor}`))
}
