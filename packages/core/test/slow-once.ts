import type { LogWriter, Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'

/** Memory of which one reading of bodies, the n-th, waits until it is let go. */
export function slowOnce(nth: number): { readonly storage: Storage; readonly release: () => void; fetches: number } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((go) => {
    resolve = go
  })
  const storage = memoryStorage()
  const slow = {
    fetches: 0,
    release: () => resolve(),
    storage: {
      ...storage,
      openWriter: async (...args: Parameters<Storage['openWriter']>) => {
        const opened = await storage.openWriter(...args)
        const fetch: LogWriter['fetch'] = async (ptrs) => {
          if (++slow.fetches === nth) await promise
          return opened.writer.fetch(ptrs)
        }
        const writer = new Proxy(opened.writer, {
          get(target, key) {
            const value: unknown = key === 'fetch' ? fetch : Reflect.get(target, key)
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
        return { ...opened, writer }
      },
    },
  }
  return slow
}
