import { checkedName } from '../checked-name.ts'
import { type Clock, systemClock } from '../clock.ts'
import { createDeadLetters, type DeadLetters } from '../dead-letters.ts'
import type { Schedule } from '../schedule.ts'
import type { Supervisor } from './children.ts'
import type { Supervision } from './crash.ts'
import type { SupervisionEvent } from './supervision-event.ts'
import { SupervisorNode } from './supervisor-node.ts'

export interface SupervisorOptions extends Supervision {
  readonly name: string
  readonly clock?: Clock
  /** From 0 to 1, without 1; for the jitter of pauses. */
  readonly random?: () => number
  /** Of the whole tree; a ring of its own by default. */
  readonly deadLetters?: DeadLetters
  /** For actors that are spawned without one. */
  readonly schedule?: Schedule
  /** Told of everything that happens in the tree, at once. What it throws is ignored. */
  readonly onEvent?: (event: SupervisionEvent) => void
}

/** The root of a tree of actors. What escalates to it ends the whole tree; `ended` says so. Throws `INVALID`. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { name, clock = systemClock, random = Math.random, onEvent, schedule } = options
  const deadLetters = options.deadLetters ?? createDeadLetters()
  const tell = (event: SupervisionEvent): void => {
    try {
      onEvent?.(event)
    } catch {
      // Who watches must not break what is watched.
    }
  }
  return new SupervisorNode(checkedName(name), options, { clock, random, deadLetters, schedule, tell }, undefined)
}
