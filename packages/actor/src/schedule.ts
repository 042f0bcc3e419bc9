/**
 * When the first message of an idle actor is handled.
 *
 * - `microtask`: as soon as the running code returns. Lowest latency, and right where a message costs little more than the
 *   hop. But microtasks run between any two callbacks of one I/O phase: of 64 requests that arrive on 64 sockets in one
 *   turn, the first is a batch of its own, and the other 63 wait until it is done.
 * - `immediate`: after the I/O phase in which the message arrived, so that all asks of one turn of the event loop are one
 *   batch. A lone caller pays one hop of the loop: little beside one disk sync, which is what a batch is there to share.
 * - a function is given what is to be run and runs it once, later: a test decides when.
 */
export type Schedule = 'microtask' | 'immediate' | ((run: () => void) => void)

const resolved = Promise.resolve()

/** Runs a function once, later. A promise's reaction costs a third of `queueMicrotask`, which makes an async resource for each call. */
const schedulers = {
  microtask: (run: () => void): void => void resolved.then(run),
  immediate: (run: () => void): void => void setImmediate(run),
} as const

/** What runs a batch; `rested`: what does so after a turn of the event loop. */
export interface Scheduler {
  readonly soon: (run: () => void) => void
  readonly rested: (run: () => void) => void
}

export function schedulerOf(schedule: Schedule): Scheduler {
  if (typeof schedule === 'function') return { soon: schedule, rested: schedule }
  return { soon: schedulers[schedule], rested: schedulers.immediate }
}
