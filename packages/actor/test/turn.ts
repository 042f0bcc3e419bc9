/** Lets everything that is scheduled run: all microtasks, and the immediates of one turn of the event loop, `times` over. */
export async function turn(times = 1): Promise<void> {
  for (let count = 0; count < times; count++) await new Promise<void>((resolve) => setImmediate(resolve))
}
