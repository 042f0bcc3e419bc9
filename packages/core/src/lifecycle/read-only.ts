import { type RecoveryReport, StatewardError } from '@stateward/contract'

/** What every write is told of a log that is damaged and was opened for what still reads; `undefined` where it is not. */
export function whyReadOnly({ damage, lastSeq }: RecoveryReport): StatewardError | undefined {
  if (damage === undefined) return undefined
  const [first] = damage
  const place = first === undefined ? '' : ` (${first.file} line ${first.line}: ${first.reason})`
  const others = damage.length > 1 ? ` and ${damage.length - 1} more` : ''
  return new StatewardError(
    'STORAGE_FAILED',
    `expected a log that can be written, found a damaged one${place}${others}, opened for what still reads, up to seq ${lastSeq}; close it, repair or salvage it, and open it again`,
    { details: { health: 'readonly', lastSeq, damage } },
  )
}
