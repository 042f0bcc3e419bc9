import {
  createDeadLetters,
  createSupervisor,
  type DeadLetters,
  type Life,
  type StartContext,
  type Supervision,
  type SupervisionEvent,
  type Supervisor,
} from '../src/index.ts'
import { type ManualClock, manualClock } from '../src/testing.ts'

/** A worker that counts what it handled in this life, and crashes when told to. */
export type Worker = {
  work: { ask: number; answer: number }
  crash: { ask: string; answer: number }
  hang: { ask: undefined; answer: number }
}

export interface Tree {
  readonly root: Supervisor
  readonly clock: ManualClock
  readonly deadLetters: DeadLetters
  readonly events: SupervisionEvent[]
  /** What the workers did, in order: `a starts`, `a handles 1`, `a stops (crash)`. */
  readonly diary: string[]
  /** `start` of a worker. */
  worker(name: string): (context: StartContext) => Life<Worker>
}

export function tree(supervision: Supervision = {}): Tree {
  const clock = manualClock()
  const deadLetters = createDeadLetters()
  const events: SupervisionEvent[] = []
  const diary: string[] = []
  const restart = { jitter: 0, ...supervision.restart }
  const onEvent = (event: SupervisionEvent): number => events.push(event)
  const root = createSupervisor({ name: 'app', clock, deadLetters, onEvent, ...supervision, restart })
  const worker =
    (name: string) =>
    (context: StartContext): Life<Worker> => {
      diary.push(`${name} starts${context.restarts === 0 ? '' : ` again (${context.restarts})`}`)
      let total = 0
      return {
        handlers: {
          work(amount) {
            diary.push(`${name} handles ${amount}`)
            total += amount
            return total
          },
          crash(message) {
            throw new Error(message)
          },
          hang: () => new Promise<number>(() => undefined),
        },
        stop: (why) => void diary.push(`${name} stops (${why})`),
      }
    }
  return { root, clock, deadLetters, events, diary, worker }
}
