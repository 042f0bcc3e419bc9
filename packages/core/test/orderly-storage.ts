import type { Storage } from '@stateward/contract'
import { turns } from './turns.ts'

export interface Orderly {
  /** Calls that have begun and not ended. */
  readonly underWay: Set<string>
  /** Calls of a writer that was closed already, by its number. */
  readonly tooLate: string[]
  /** How often each writer was closed, in the order of their openings. */
  readonly closes: number[]
}

/** The same storage, of which every answer takes a few turns of the event loop, and which sees what nobody waits for. */
export function orderlyStorage(storage: Storage): Storage & Orderly {
  const seen: Orderly = { underWay: new Set(), tooLate: [], closes: [] }
  const watched = <T extends object>(target: T, opening: number): T =>
    new Proxy(target, {
      get(_, key) {
        const value: unknown = Reflect.get(target, key)
        if (key === 'caches' && typeof value === 'object' && value !== null) return watched(value, opening)
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          const call = `${String(key)} ${opening}`
          const isClosed = (seen.closes[opening] ?? 0) > 0
          if (key === 'close') seen.closes[opening] = (seen.closes[opening] ?? 0) + 1
          else if (isClosed) seen.tooLate.push(call)
          const answer: unknown = value.apply(target, given)
          return answer instanceof Promise ? slowly(call, answer) : answer
        }
      },
    })
  const slowly = async (call: string, answer: Promise<unknown>): Promise<unknown> => {
    // Who asked hears of a failure, a few turns later.
    answer.catch(() => undefined)
    seen.underWay.add(call)
    try {
      await turns(2)
      return await answer
    } finally {
      seen.underWay.delete(call)
    }
  }
  return Object.assign(seen, {
    ...storage,
    async openWriter(...given: Parameters<Storage['openWriter']>) {
      const { writer, recovery } = await storage.openWriter(...given)
      seen.closes.push(0)
      return { writer: watched(writer, seen.closes.length - 1), recovery }
    },
  })
}
