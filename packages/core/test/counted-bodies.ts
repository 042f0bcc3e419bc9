import type { Storage } from '@stateward/contract'

/** How many lines were fetched one by one, each of which holds one record where each was written by itself. */
export interface CountedBodies {
  bodies: number
}

/** The storage, which counts what is fetched. */
export function countedBodies(storage: Storage): Storage & CountedBodies {
  const counted: Storage & CountedBodies = {
    ...storage,
    bodies: 0,
    async openWriter(...args) {
      const opened = await storage.openWriter(...args)
      const { writer } = opened
      const counting: Partial<typeof writer> = {
        fetch: (ptrs) => {
          counted.bodies += ptrs.length
          return writer.fetch(ptrs)
        },
        fetchSync: (ptrs) => {
          counted.bodies += ptrs.length
          return writer.fetchSync?.(ptrs) ?? []
        },
      }
      const get = (target: typeof writer, key: string | symbol): unknown => {
        const value: unknown = Reflect.get(counting, key) ?? Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return { ...opened, writer: new Proxy(writer, { get }) }
    },
  }
  return counted
}
