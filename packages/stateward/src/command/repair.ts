import { repairLog, repairText } from '@stateward/storage-jsonl'
import { careOf } from './care-of.ts'
import { type Cli, examples } from './cli.ts'
import { exitCodes } from './exit-code.ts'
import { withProgress } from './progress.ts'
import { requireStore } from './require-store.ts'
import type { Session } from './session.ts'

export function registerRepair({ program, run }: Cli): void {
  program
    .command('repair')
    .description('Mend what can be mended exactly in a damaged store.')
    .option('--write', 'do it; without this only say what would be done')
    .addHelpText(
      'after',
      examples([
        ['stateward repair', 'flipped bits, lost line feeds, a lost manifest: what can be mended?'],
        ['stateward repair --write', 'the former files and a report stay in quarantine/'],
      ]),
    )
    .action(({ write }: { write?: boolean }) =>
      run((session) => withProgress(session.io, 'repairing', () => repair(session, write === true))),
    )
}

async function repair(session: Session, write: boolean): Promise<number> {
  const { output, dir, path } = session
  await requireStore(path, dir)
  const report = await repairLog({ ...careOf(session), dryRun: !write })
  const canMend = report.dryRun && (report.manifest !== 'whole' || report.files.some(({ mended }) => mended.length > 0))
  const isDamaged = !report.isWhole || (report.dryRun && (report.damagedLines > 0 || report.manifest !== 'whole'))
  if (output.json) await output.value(report)
  else await output.lines([...repairText(report, dir), ...(canMend ? ['', 'To do it: stateward repair --write'] : [])])
  return isDamaged ? exitCodes.storage : exitCodes.ok
}
