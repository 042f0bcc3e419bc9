import { resealLog, resealText } from '@stateward/storage-jsonl'
import { careOf } from './care-of.ts'
import { type Cli, examples } from './cli.ts'
import { exitCodes } from './exit-code.ts'
import { withProgress } from './progress.ts'
import { requireStore } from './require-store.ts'
import type { Session } from './session.ts'

export function registerReseal({ program, run }: Cli): void {
  program
    .command('reseal')
    .description('Take files that you edited by hand for the log.')
    .option('--write', 'do it; without this only check what was edited')
    .addHelpText(
      'after',
      examples([
        ['stateward reseal', 'does every line, every rev and every prev still fit?'],
        ['stateward reseal --write', 'number and seal the lines anew; the edited files stay in quarantine/'],
      ]),
    )
    .action(({ write }: { write?: boolean }) =>
      run((session) => withProgress(session.io, 'resealing', () => reseal(session, write === true))),
    )
}

async function reseal(session: Session, write: boolean): Promise<number> {
  const { output, dir, path } = session
  await requireStore(path, dir)
  const report = await resealLog({ ...careOf(session), dryRun: !write })
  const isEdited = report.dryRun && report.files.length > 0
  if (output.json) await output.value(report)
  else await output.lines([...resealText(report, dir), ...(isEdited ? ['', 'To do it: stateward reseal --write'] : [])])
  return isEdited ? exitCodes.storage : exitCodes.ok
}
