import type { StoredRecord } from '@stateward/contract'
import { type Cli, examples } from './cli.ts'
import type { Output } from './output.ts'
import { paintStatus } from './palette.ts'
import { valueText } from './record-table.ts'
import { resolveId } from './resolve-id.ts'

export function registerGet({ program, run }: Cli): void {
  program
    .command('get')
    .description('Show one record.')
    .argument('<type>', 'its type')
    .argument('<id>', 'its id, or the last characters of it, as tables show them')
    .addHelpText(
      'after',
      examples([
        ['stateward get plan 5e0c1a7b', 'whole, for people'],
        ['stateward get plan 5e0c1a7b --json | jq .status', 'for programs'],
      ]),
    )
    .action((type: string, given: string) =>
      run(async (session) => {
        const { output } = session
        const record = await session.read(async (state) => {
          const id = await resolveId(state, type, given)
          return state.ask('get', { type, id })
        })
        // Nobody can have deleted it in between: the state is that of the opening.
        if (record === undefined) return
        return output.json ? output.value(record) : output.lines(recordLines(type, record, output))
      }),
    )
}

function recordLines(type: string, record: StoredRecord, { paint }: Output): string[] {
  const { id, rev, created_at, updated_at, ...fields } = record
  const all = { ...fields, rev, created_at, updated_at }
  const width = Math.max(...Object.keys(all).map((field) => field.length))
  return [
    `${paint.bold(type)} ${paint.cyan(id)}`,
    ...Object.entries(all).map(([field, value]) => {
      const text = valueText(value)
      return `  ${paint.dim(field.padEnd(width))}  ${field === 'status' ? paintStatus(paint, text) : text}`
    }),
  ]
}
