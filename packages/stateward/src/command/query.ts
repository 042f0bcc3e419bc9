import {
  type Analysis,
  type Endpoint,
  type ExplainAsk,
  type Explanation,
  type Query,
  StatewardError,
} from '@stateward/contract'
import { type Cli, examples } from './cli.ts'
import { jsonArgument } from './json-argument.ts'
import { counted } from './perform-write.ts'
import { recordTable, valueText } from './record-table.ts'
import type { Session } from './session.ts'
import { tableLines } from './table.ts'
import { UsageError } from './usage-error.ts'

interface QueryOptions {
  readonly count?: boolean
  readonly explain?: boolean
  readonly analyze?: boolean
  readonly groupBy?: string
}

const example = '{"type":"spec","where":{"status":"pending"}}'

export function registerQuery({ program, run }: Cli): void {
  program
    .command('query')
    .description('Ask a query as plain JSON, as the library takes it.')
    .argument('<json>', 'the query; - reads standard input, @file a file')
    .option('--count', 'only how many match')
    .option('--group-by <field>', 'how many match, by the value of a field')
    .option('--explain', 'how it would be answered: from which index, with which check')
    .option('--analyze', 'as --explain, and answers it to tell what that took')
    .addHelpText(
      'after',
      examples([
        [`stateward query '${example}'`, 'a table'],
        [
          `stateward query '{"type":"spec","orderBy":[["updated_at","desc"]],"limit":5}' --json`,
          'one JSON value: rows, seq, and a cursor where there is more',
        ],
        [`stateward query '{"type":"spec"}' --group-by status`, 'counts by status'],
        [`stateward query '${example}' --explain`, 'the plan'],
        [`stateward query '${example}' --analyze`, 'the plan, and what answering by it took'],
      ]),
    )
    .action((json: string, options: QueryOptions) => run((session) => query(session, json, options)))
}

async function query(session: Session, json: string, options: QueryOptions): Promise<void> {
  const isExplained = options.explain === true || options.analyze === true
  const chosen = [options.count === true, options.groupBy !== undefined, isExplained].filter(Boolean)
  if (chosen.length > 1)
    throw new UsageError('expected at most one of --count, --group-by and --explain, found several')
  const asked = (await jsonArgument(session.io, json, { what: 'the query', example })) as unknown as Query
  await session.read((state) => {
    if (options.count === true) return count(state, session, asked)
    if (options.groupBy !== undefined) return groups(state, session, asked, options.groupBy)
    return isExplained
      ? explain(state, session, options.analyze === true ? { ...asked, analyze: true } : asked)
      : rows(state, session, asked)
  })
}

async function count(endpoint: Endpoint, { output }: Session, asked: Query): Promise<void> {
  const found = await endpoint.ask('count', asked)
  return output.json ? output.value(found) : output.line(String(found))
}

async function groups(endpoint: Endpoint, { output }: Session, asked: Query, field: string): Promise<void> {
  const found = await endpoint.ask('groupBy', { query: asked, field })
  if (output.json) return output.value(found)
  const cells = found.map(({ value, count: size }) => [
    value === undefined ? '(absent)' : valueText(value),
    String(size),
  ])
  const columns = [{ title: field }, { title: 'count', align: 'right' as const }]
  return output.lines(tableLines(columns, cells, { width: output.width, paintTitle: output.paint.bold }))
}

async function explain(endpoint: Endpoint, { output }: Session, asked: ExplainAsk): Promise<void> {
  const plan = await endpoint.ask('explain', asked)
  return output.json ? output.value(plan) : output.lines(explanationLines(plan))
}

function explanationLines({ plan, residual, order, estimatedRows, records, analysis }: Explanation): string[] {
  const from =
    plan.kind === 'intersection'
      ? `what all of the indexes ${plan.of.map(({ index }) => index).join(' ∩ ')} give`
      : 'index' in plan
        ? `${plan.kind} in the index ${plan.index}`
        : plan.kind
  return [
    `from      ${from}`,
    `checked   ${residual === undefined ? 'nothing more' : valueText(JSON.stringify(residual))}`,
    `order     ${order}`,
    `rows      about ${estimatedRows} of ${records}`,
    ...(analysis === undefined ? [] : analysisLines(analysis)),
  ]
}

function analysisLines({ rows: found, candidates, bodies, ms, steps }: Analysis): string[] {
  const parts = Object.entries(steps).map(([step, part]) => `${step} ${part.toFixed(3)}`)
  return [
    `found     ${found}, among ${candidates} looked at, ${bodies} of them read from the log`,
    `time      ${ms.toFixed(3)} ms: ${parts.join(', ')}`,
  ]
}

async function rows(endpoint: Endpoint, { output, domain }: Session, asked: Query): Promise<void> {
  const answer = await endpoint.ask('query', asked)
  if (output.json) return output.value(answer)
  const entity = domain.entities[asked.type]
  if (entity === undefined) throw new StatewardError('INVALID', `expected a type of the domain, found ${asked.type}`)
  if (answer.rows.length > 0) await output.lines(recordTable(answer.rows, { entity, output }))
  output.note(output.paintNote.dim(`${counted(answer.rows.length, 'row')}, as of seq ${answer.seq}`))
  if (answer.cursor !== undefined) output.note(output.paintNote.dim(`more: add "cursor":"${answer.cursor}"`))
}
