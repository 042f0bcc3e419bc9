import type { LogWriter, Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { turns } from './turns.ts'

const baseTurns = 4

/**
 * Memory that is more like files: it stops after an unknown outcome, so that the store has several appends in flight, and
 * a base takes its time, so that writes and reads go on beside it.
 */
export function pipelinedStorage(): Storage {
  const storage = memoryStorage()
  return {
    ...storage,
    caps: { ...storage.caps, unknown: 'stop' },
    async openWriter(owner) {
      const { writer, recovery } = await storage.openWriter(owner)
      const saveBase: LogWriter['saveBase'] = async (...args) => {
        await turns(baseTurns)
        const ptrs = await writer.saveBase(...args)
        await turns(baseTurns)
        return ptrs
      }
      const slow = new Proxy(writer, {
        get(target, key) {
          if (key === 'saveBase') return saveBase
          const value: unknown = Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: slow, recovery }
    },
  }
}
