import type { Stats } from '@stateward/contract'
import { bytesText } from './bytes-text.ts'
import { type Cli, examples } from './cli.ts'
import { lostText } from './lost-text.ts'
import { counted, grouped } from './perform-write.ts'
import { printable } from './printable.ts'

export function registerStats({ program, run }: Cli): void {
  program
    .command('stats')
    .description('Show the store in numbers.')
    .addHelpText(
      'after',
      examples([
        ['stateward stats', 'records, commits, bytes, indexes'],
        ['stateward stats --json | jq .lastSeq', 'for programs'],
      ]),
    )
    .action(() =>
      run((session) =>
        session.read(async (state) => {
          const stats = await state.stats()
          const { output } = session
          return output.json ? output.value(stats) : output.lines(statsLines(stats, session.dir))
        }),
      ),
    )
}

function statsLines(stats: Stats, dir: string): string[] {
  const types = Object.entries(stats.recordsByType)
  const byType = types.map(([type, count]) => `${printable(type)} ${grouped(count)}`).join(' · ')
  const entries = stats.indexes.reduce((sum, index) => sum + index.entries, 0)
  const seqs = stats.lastSeq >= stats.firstSeq ? `  seq ${stats.firstSeq} … ${stats.lastSeq}` : ''
  return [
    `directory  ${dir}`,
    `records    ${grouped(stats.records)}  ${byType}`,
    `commits    ${grouped(stats.commits)}${seqs}`,
    `log        ${bytesText(stats.bytes)} in ${counted(stats.segments, 'segment')}`,
    `indexes    ${stats.indexes.length}, with ${grouped(entries)} entries`,
    ...(stats.lost ?? []).map((range) => `lost       ${lostText(range)}; stateward salvage --acknowledge`),
  ]
}
