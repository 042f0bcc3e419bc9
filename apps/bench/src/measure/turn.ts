/** Lets the event loop turn once, so that timers, disk and the stall watch have their chance. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
