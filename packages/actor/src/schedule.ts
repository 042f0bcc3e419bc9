/**
 * When the first message of an idle actor is handled.
 *
 * - `microtask`: as soon as the running code returns. Lowest latency, and right where a message costs little more than the
 *   hop. But microtasks run between any two callbacks of one I/O phase: of 64 requests that arrive on 64 sockets in one
 *   turn, the first is a batch of its own, and the other 63 wait until it is done.
 * - `immediate`: after the I/O phase in which the message arrived, so that all asks of one turn of the event loop are one
 *   batch. A lone caller pays one hop of the loop: little beside one disk sync, which is what a batch is there to share.
 */
export type Schedule = 'microtask' | 'immediate'

const resolved = Promise.resolve()

/** Runs a function once, later. A promise's reaction costs a third of `queueMicrotask`, which makes an async resource for each call. */
export const schedulers: Readonly<Record<Schedule, (run: () => void) => void>> = {
  microtask: (run) => void resolved.then(run),
  immediate: (run) => void setImmediate(run),
}
