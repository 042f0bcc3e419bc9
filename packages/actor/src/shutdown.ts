import { type Clock, systemClock } from './clock.ts'
import { within } from './within.ts'

/** One step of a shutdown. */
export interface Phase {
  readonly name: string
  /** How long it may take; then the next one begins, and this one goes on unwatched. */
  readonly timeoutMs: number
  /** `signal` is aborted when its time is up, or when somebody asked to hurry: finish with the least that loses nothing. */
  readonly run: (signal: AbortSignal) => void | PromiseLike<void>
}

export interface PhaseReport {
  readonly name: string
  /** `late`: its time was up before it had settled. */
  readonly outcome: 'done' | 'failed' | 'late'
  readonly tookMs: number
  /** What it threw. */
  readonly error?: unknown
}

export interface ShutdownReport {
  readonly phases: readonly PhaseReport[]
  /** Whether every phase is done: if not, something may be unsettled, and the exit code should say so. */
  readonly clean: boolean
}

export interface Shutdown {
  /**
   * Runs the phases, one after the other, each whatever became of those before. A second call makes it quicker and leaves
   * nothing out: the signal of the phase that runs, and of each that follows, is aborted. Resolves with what happened; never
   * rejects.
   */
  begin(): Promise<ShutdownReport>
  readonly isBegun: boolean
}

/** An ordered end: stop intake, drain, flush, close. It listens to no signal of the process; the program calls `begin` where it does. */
export function createShutdown(
  phases: readonly Phase[],
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Shutdown {
  let report: Promise<ShutdownReport> | undefined
  let isHurried = false
  let current: AbortController | undefined
  const runAll = async (): Promise<ShutdownReport> => {
    const reports: PhaseReport[] = []
    for (const phase of phases) {
      current = new AbortController()
      if (isHurried) current.abort()
      reports.push(await runPhase(phase, current, clock))
    }
    current = undefined
    return { phases: reports, clean: reports.every(({ outcome }) => outcome === 'done') }
  }
  return {
    get isBegun() {
      return report !== undefined
    },
    begin() {
      if (report === undefined) report = runAll()
      else {
        isHurried = true
        current?.abort()
      }
      return report
    },
  }
}

async function runPhase({ name, timeoutMs, run }: Phase, hurry: AbortController, clock: Clock): Promise<PhaseReport> {
  const began = clock.now()
  const ended = (outcome: PhaseReport['outcome']): PhaseReport => ({ name, outcome, tookMs: clock.now() - began })
  try {
    const pending = run(hurry.signal)
    if (pending === undefined || (await within(pending, timeoutMs, clock))) return ended('done')
    hurry.abort()
    return ended('late')
  } catch (error) {
    return { ...ended('failed'), error }
  }
}
