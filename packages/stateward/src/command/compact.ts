import type { State } from '@stateward/core'
import type { Preview } from '../preview-storage.ts'
import { bytesText } from './bytes-text.ts'
import { type Cli, examples } from './cli.ts'
import { counted } from './perform-write.ts'
import { type Progress, withProgress } from './progress.ts'
import type { Session } from './session.ts'

export function registerCompact({ program, run }: Cli): void {
  program
    .command('compact')
    .description('Write the state as a base, archive the history.')
    .option('--dry-run', 'count what the base would hold, and write nothing')
    .addHelpText(
      'after',
      examples([
        ['stateward compact --dry-run', 'what would it write?'],
        ['stateward compact', 'the next opening reads less; history stays'],
      ]),
    )
    .action(({ dryRun }: { dryRun?: boolean }) =>
      run((session) =>
        withProgress(session.io, 'compacting', (progress) =>
          dryRun === true
            ? session.preview((state, preview) => tryOut(followed(state, progress), session, preview))
            : session.write((state) => compact(followed(state, progress), session)),
        ),
      ),
    )
}

/** Shows how far a compaction has come. */
function followed(state: State, progress: Progress): State {
  state.on((event) => {
    if (event.kind !== 'compaction') return
    if (event.phase === 'progress') progress.update({ done: event.written, total: event.rows })
    // What is left is to put the former log away, which takes as long as it takes.
    if (event.phase === 'progress' && event.written === event.rows) progress.update({ text: 'archiving' })
  })
  return state
}

async function compact(state: State, { output }: Session): Promise<void> {
  const report = await state.compact()
  if (output.json) return output.value(report)
  const { upTo, records, bytesBefore, bytesAfter } = report
  return output.line(
    `compacted up to seq ${upTo}: ${counted(records, 'record')} in the base; ${bytesText(bytesBefore)} before, ${bytesText(bytesAfter)} now`,
  )
}

async function tryOut(state: State, { output }: Session, preview: Preview): Promise<void> {
  const { upTo, records, bytesBefore } = await state.compact()
  const baseBytes = preview.baseBytes()
  if (output.json) return output.value({ dryRun: true, upTo, records, bytesBefore, baseBytes })
  return output.line(
    `dry run: a base of ${counted(records, 'record')} (${bytesText(baseBytes)}) up to seq ${upTo} would be written; the log takes ${bytesText(bytesBefore)} now; nothing was written`,
  )
}
