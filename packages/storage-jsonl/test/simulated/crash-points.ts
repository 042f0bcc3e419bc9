import { boot, type SimFault, SimMedium, type SimStep, seededPick } from '@stateward/conformance'
import { Ledger, type Truth } from './ledger.ts'
import { type Workload, work } from './mixed-workload.ts'

/** What a disk does beside what the test wants of it; the protocol with one step taken out, for example. */
export type Habit = (step: SimStep) => SimFault

/** A moment at which the process was killed: what it left, and what it had been told until then. */
export interface CrashPoint {
  readonly medium: SimMedium
  readonly truth: Truth
  /** In words, for whoever looks for the cause. */
  readonly when: string
}

export interface Run extends Omit<Workload, 'pick'> {
  readonly seed: number
  readonly habit?: Habit | undefined
}

/**
 * Runs a workload once and forks its medium before every step that changes something, in the middle of every write, and
 * at the end. Each call of the disk waits until everything that is under way has come to rest: what has been
 * acknowledged by a given step is as much as a real disk, which takes its time, would have let through.
 */
export async function crashPoints({ seed, habit = () => undefined, ...workload }: Run): Promise<readonly CrashPoint[]> {
  const medium = new SimMedium()
  const ledger = new Ledger()
  const points: CrashPoint[] = []
  const pick = seededPick(seed)
  const torn = seededPick(seed + 1)
  const add = (fork: SimMedium, when: string): void => {
    fork.onStep = habit
    points.push({ medium: fork, truth: ledger.now(), when })
  }
  medium.onCall = () => new Promise((resolve) => setImmediate(resolve))
  medium.onStep = (step) => {
    const what = `${step.step} (${step.operation} ${step.path})`
    add(medium.fork(), `killed before step ${what}`)
    if (step.written !== undefined && step.bytes > 1) {
      const { from, position, inode } = step.written
      const bytes = 1 + torn(step.bytes - 1)
      const fork = medium.fork()
      const file = [...fork.files().values()].find((other) => other.inode === inode)
      file?.write(from.subarray(0, bytes), position)
      add(fork, `killed after ${bytes} bytes of step ${what}`)
    }
    return habit(step)
  }
  await work(boot(medium), ledger, { pick, ...workload })
  add(medium.fork(), 'killed after the end')
  return points
}
