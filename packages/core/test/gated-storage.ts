import type { LogWriter, Storage } from '@stateward/contract'
import { pipelinedStorage } from './pipelined-storage.ts'

export interface GatedStorage extends Storage {
  /** Lets through whatever waits, and what comes until it is shut. Shut at first. */
  open(): void
  shut(): void
  /** Settles when so many appends have been asked for in all. */
  asked(appends: number): Promise<void>
}

/** Memory behind a gate: appends, cold reads and bases wait until it is open. Answers come in the order of the calls. */
export function gatedStorage(): GatedStorage {
  const storage = pipelinedStorage()
  let gate: Promise<void>
  let open: () => void = () => undefined
  let appends = 0
  let told: (() => void)[] = []
  const shut = (): void => {
    gate = new Promise((resolve) => {
      open = resolve
    })
  }
  shut()
  const gatedWriter = (writer: LogWriter): LogWriter => {
    const append: LogWriter['append'] = (...args) => {
      appends++
      for (const tell of told.splice(0)) tell()
      return gate.then(() => writer.append(...args))
    }
    const fetch: LogWriter['fetch'] = (ptrs) => gate.then(() => writer.fetch(ptrs))
    const saveBase: LogWriter['saveBase'] = (...args) => gate.then(() => writer.saveBase(...args))
    const gated: Partial<LogWriter> = { append, fetch, saveBase }
    return new Proxy(writer, {
      get(target, key) {
        const own: unknown = Reflect.get(gated, key)
        if (own !== undefined) return own
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  return {
    ...storage,
    open: () => open(),
    shut,
    async asked(count) {
      while (appends < count)
        await new Promise<void>((resolve) => {
          told = [...told, resolve]
        })
    },
    async openWriter(owner) {
      const { writer, recovery } = await storage.openWriter(owner)
      return { writer: gatedWriter(writer), recovery }
    },
  }
}
