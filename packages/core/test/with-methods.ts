import type { LogWriter, Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'

/** Memory with some of its writer's methods replaced; each gets the real one. */
export function withMethods(
  make: (writer: LogWriter) => Partial<LogWriter>,
  storage: Storage = memoryStorage({ retention: 'none' }),
): Storage {
  return {
    ...storage,
    async openWriter(owner, options) {
      const { writer, recovery } = await storage.openWriter(owner, options)
      const own = make(writer)
      const proxy = new Proxy(writer, {
        get(target, key) {
          const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: proxy, recovery }
    },
  }
}
