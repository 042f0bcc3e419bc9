import { AssertionError } from 'node:assert/strict'

/** Settles as `promise` does, or rejects after `patienceMs`: something that never settles must fail, not hang. */
export async function within<T>(patienceMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `${what} had not settled after ${patienceMs} ms`
    timer = setTimeout(() => reject(new AssertionError({ message })), patienceMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
