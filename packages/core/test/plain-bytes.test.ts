import type { LogReader, LogWriter, Storage, StoredBase } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'

/** The contract says `Uint8Array`: a storage that gives these, and no `Buffer`, is as good as any. */
function plainStorage(): Storage {
  const storage = memoryStorage()
  const plain = (records: readonly Uint8Array[]): Uint8Array[] => records.map((record) => Uint8Array.from(record))
  const plainBase = async (base: StoredBase | undefined): Promise<StoredBase | undefined> => {
    if (base === undefined) return undefined
    const chunks = async function* (): StoredBase['chunks'] {
      for await (const chunk of base.chunks) yield { ...chunk, records: plain(chunk.records) }
    }
    return { ...base, chunks: chunks() }
  }
  const over = <R extends LogReader>(reader: R): R =>
    new Proxy(reader, {
      get(target, key) {
        if (key === 'read')
          return async function* (...args: Parameters<LogReader['read']>): ReturnType<LogReader['read']> {
            for await (const batch of target.read(...args)) yield { ...batch, records: plain(batch.records) }
          }
        if (key === 'loadBase') return async () => plainBase(await target.loadBase())
        const member: unknown = Reflect.get(target, key)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  return {
    kind: 'plain',
    caps: storage.caps,
    openReader: async () => over(await storage.openReader()),
    async openWriter(...args) {
      const { writer, ...rest } = await storage.openWriter(...args)
      return { ...rest, writer: over<LogWriter>(writer) }
    },
  }
}

test('a write that is sent again behind a base is known by its txid, whatever kind of bytes the storage gives', async () => {
  const storage = plainStorage()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a', n: 1 })
  const first = await state.task.update('a', { n: 2 }, { txid: 'once' })
  await state.task.update('a', { n: 3 })
  await state.compact()
  await state.close()
  const again = await openTiny({ storage })
  expect(await again.state.task.update('a', { n: 2 }, { txid: 'once' })).toEqual(first)
  expect(await again.state.task.get('a')).toMatchObject({ n: 3, rev: 3 })
})
