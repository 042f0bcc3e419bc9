import type { LogWriter, Storage } from '@stateward/contract'
import { turns } from './turns.ts'

/** One life of a process over a storage that outlives it. */
export interface Life {
  readonly storage: Storage
  /** From now on nothing is written and nothing is answered; of what was on its way some has landed, in order, and some never does. */
  crash(): void
}

/** Appends take some turns on their way there and on their way back, so that a crash meets them at either. */
export function lifeOver(storage: Storage, pick: (below: number) => number): Life {
  let isOver = false
  const never = new Promise<never>(() => {})
  return {
    crash() {
      isOver = true
    },
    storage: {
      ...storage,
      caps: { ...storage.caps, unknown: 'stop' },
      async openWriter(owner) {
        const { writer, recovery } = await storage.openWriter(owner)
        let last: Promise<unknown> = Promise.resolve()
        const append: LogWriter['append'] = (...args) => {
          const before = last
          const landed = (async () => {
            await before
            await turns(pick(3))
            return isOver ? never : writer.append(...args)
          })()
          last = landed.catch(() => undefined)
          return landed.then(async (appended) => {
            await turns(pick(2))
            return isOver ? never : appended
          })
        }
        const slow = new Proxy(writer, {
          get(target, key) {
            if (key === 'append') return append
            const value: unknown = Reflect.get(target, key)
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
        return { writer: slow, recovery }
      },
    },
  }
}
