import type { Clock } from './clock.ts'

/** Waits for a promise, but not for ever: `false` when the time is up first. Rejects as the promise does; leaves no timer. */
export async function within(promise: PromiseLike<unknown>, timeoutMs: number, clock: Clock): Promise<boolean> {
  if (timeoutMs === Number.POSITIVE_INFINITY) return promise.then(() => true)
  let cancel = (): void => undefined
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.setTimer(() => resolve(false), Math.max(0, timeoutMs))
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    cancel()
  }
}
