import type { Clock } from '../clock.ts'
import type { DeadLetters } from '../dead-letters.ts'
import type { Schedule } from '../schedule.ts'
import type { SupervisionEvent } from './supervision-event.ts'

/** What all actors of a tree share. */
export interface Environment {
  readonly clock: Clock
  /** From 0 to 1, without 1. */
  readonly random: () => number
  readonly deadLetters: DeadLetters
  readonly schedule: Schedule | undefined
  /** Never throws. */
  readonly tell: (event: SupervisionEvent) => void
}
