import { resolve } from 'node:path'
import { backupLog } from '@stateward/storage-jsonl'
import { bytesText } from './bytes-text.ts'
import { careOf } from './care-of.ts'
import { type Cli, examples } from './cli.ts'
import { counted } from './perform-write.ts'
import { withProgress } from './progress.ts'
import { requireStore } from './require-store.ts'
import type { Session } from './session.ts'

export function registerBackup({ program, run }: Cli): void {
  program
    .command('backup')
    .description('Copy the store, also while it is written.')
    .argument('<directory>', 'one that is not there yet, or that of an earlier backup')
    .addHelpText(
      'after',
      examples([
        ['stateward backup ../backup', 'all of it, read back'],
        ['stateward backup ../backup', 'the second time: what is new'],
        ['stateward --dir ../backup list plan', 'a backup is a store'],
      ]),
    )
    .action((to: string) => run((session) => withProgress(session.io, 'copying', () => backUp(session, to))))
}

async function backUp(session: Session, to: string): Promise<void> {
  const { dir, io, output, path } = session
  await requireStore(path, dir)
  const report = await backupLog({ ...careOf(session), to: resolve(io.cwd, to), signal: io.interrupt() })
  if (output.json) return output.value(report)
  const { copiedBytes, copiedFiles, full, lastSeq } = report
  const what = full ? 'all of it' : 'what is new'
  return output.line(
    `copied ${what} to ${to}: ${counted(copiedFiles, 'file')}, ${bytesText(copiedBytes)}, read back; it holds everything up to seq ${lastSeq}`,
  )
}
