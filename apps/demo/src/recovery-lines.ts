import type { RecoveryReport } from '@stateward/contract'
import { grouped } from './board.ts'
import type { Comparison } from './ledger.ts'
import type { Palette } from './paint.ts'
import { type KillReport, unacknowledged } from './proof.ts'

export interface Recovered {
  readonly kill: KillReport
  readonly recovery: RecoveryReport
  readonly comparison: Comparison
  readonly openedMs: number
}

/** What the kill left, and what opening the log again found and did. */
export function recoveryLines({ kill, recovery, comparison, openedMs }: Recovered, paint: Palette): string[] {
  const { acknowledged, underWay, pid } = kill
  const lost = comparison.lost.length
  return [
    paint.red(`✗ SIGKILL to process ${pid}, with ${underWay} writes under way`),
    `${paint.green('✓')} opened again in ${grouped(Math.round(openedMs))} ms: the lock is free, all lines up to seq ${grouped(recovery.lastSeq)} hold`,
    ...tornLines(recovery, paint),
    lost === 0
      ? `${paint.green('✓')} ${grouped(acknowledged)} commits on ${grouped(comparison.records)} records had been acknowledged: every one of them is there`
      : paint.red(`✗ ${lost} of ${grouped(comparison.records)} records are not as they were acknowledged`),
    ...comparison.lost.slice(0, 10).map((line) => paint.red(`    ${line}`)),
    `  not acknowledged: ${unacknowledged(kill)}`,
  ]
}

function tornLines({ quarantined }: RecoveryReport, paint: Palette): string[] {
  if (quarantined.length === 0)
    return [`${paint.green('✓')} no line was torn: the kill came between two writes to the disk`]
  return quarantined.map(
    ({ bytes, file, keptIn }) =>
      `${paint.green('✓')} a torn write of ${bytes} bytes at the end of ${file} is kept in ${keptIn}`,
  )
}
