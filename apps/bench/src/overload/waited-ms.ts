import { readFileSync } from 'node:fs'

/**
 * How long this thread has waited for a processor so far, milliseconds: what others on the machine took from it. 0 where the
 * system does not say. Source: Linux, Documentation/scheduler/sched-stats, `/proc/<pid>/schedstat`.
 */
export function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}
