import type { LostCommits } from '@stateward/contract'
import { acknowledgeSalvage, salvageLog, salvageText } from '@stateward/storage-jsonl'
import { careOf } from './care-of.ts'
import { type Cli, examples } from './cli.ts'
import { exitCodes } from './exit-code.ts'
import { withProgress } from './progress.ts'
import { requireStore } from './require-store.ts'
import type { Session } from './session.ts'

interface SalvageFlags {
  readonly write?: boolean
  readonly acknowledge?: boolean
}

export function registerSalvage({ program, run }: Cli): void {
  program
    .command('salvage')
    .description('Keep what reads of a damaged store.')
    .option('--write', 'do it; without this only say what would be done')
    .option('--acknowledge', 'take note of what former salvages have lost: stats is silent about it from then on')
    .addHelpText(
      'after',
      examples([
        ['stateward salvage', 'what would be kept, and what is lost?'],
        ['stateward salvage --write', 'the damaged files and a report stay in quarantine/'],
      ]),
    )
    .action((flags: SalvageFlags) =>
      run((session) =>
        flags.acknowledge === true
          ? acknowledge(session)
          : withProgress(session.io, 'salvaging', () => salvage(session, flags)),
      ),
    )
}

async function salvage(session: Session, { write }: SalvageFlags): Promise<number> {
  const { output, dir, path } = session
  await requireStore(path, dir)
  const report = await salvageLog({ ...careOf(session), dryRun: write !== true })
  const isStillDamaged = report.dryRun && report.id !== undefined
  if (output.json) await output.value(report)
  else
    await output.lines([
      ...salvageText(report, dir),
      ...(isStillDamaged ? ['', 'To do it: stateward salvage --write'] : []),
    ])
  return isStillDamaged ? exitCodes.storage : exitCodes.ok
}

async function acknowledge(session: Session): Promise<void> {
  const { output, dir, path } = session
  await requireStore(path, dir)
  const lost = await acknowledgeSalvage(careOf(session))
  return output.json
    ? output.value({ acknowledged: lost })
    : output.lines(lost.length === 0 ? ['nothing was lost'] : lost.map(acknowledged))
}

function acknowledged({ from, to, report }: LostCommits): string {
  return `acknowledged: seq ${from === to ? from : `${from} to ${to}`} lost (quarantine/${report}.txt)`
}
