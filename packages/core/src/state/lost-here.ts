import { type Seq, StatewardError } from '@stateward/contract'

/** Who writes a log never lets go of what the state still needs. */
export function lostHere(type: string, id: string, seq: Seq): StatewardError {
  return new StatewardError(
    'CORRUPT',
    `expected ${type} ${id} at seq ${seq}, found that the log has let go of it; run verify`,
    { details: { type, id, seq } },
  )
}
