import assert from 'node:assert/strict'
import type { Caches, LogReader, LogWriter, PutBytes, WritableCaches } from '@stateward/contract'
import { CaseSkipped } from '../case.ts'
import { lineOf } from './lines.ts'
import { chunked, fetched } from './read-back.ts'
import { type StorageCase, storageCase } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))
/** More than any page or buffer is likely to hold, and every byte told from its neighbours. */
const content = Uint8Array.from({ length: 300_001 }, (_, n) => (n * 7 + (n >> 8)) % 251)
const name = 'conformance-1'

/** What caches promise, where a storage has them. */
export const cacheCases: readonly StorageCase[] = [
  storageCase('a cache comes back byte by byte, in any pieces, after a reopening too', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits)
    assert.deepEqual(await save(cachesOf(writer), 20, 4_001), { saved: true })
    await assertContent(writer)
    await assertContent(await trial.writer(await trial.reopened()))
  }),

  storageCase('a cache holds while the log goes on, and its pointers with it', async (trial) => {
    const writer = await trial.writer()
    const { ptrs } = await trial.append(writer, 0, commits)
    await save(cachesOf(writer), 20)
    await trial.append(writer, 20, commits)
    const next = await trial.writer(await trial.reopened())
    await trial.append(next, 40, commits)
    assert.equal((await cachesOf(next).load(name))?.upTo, 20)
    assert.deepEqual(await fetched(next, ptrs), commits, 'pointers lead where they led when the cache was saved')
  }),

  storageCase('there is no cache that was not saved, and no name gives that of another', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits)
    await save(cachesOf(writer), 20)
    assert.equal(await cachesOf(writer).load('conformance-2'), undefined)
  }),

  storageCase('a cache whose filler fails, or is aborted, leaves the former one', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits)
    const caches = cachesOf(writer)
    await save(caches, 20)
    const failing = async (put: PutBytes): Promise<number> => {
      await put(content.subarray(0, 9))
      throw new Error('the filler has failed')
    }
    await assert.rejects(
      caches.save(name, failing),
      /the filler has failed/,
      'save rejects with what its filler rejects with',
    )
    await assertContent(writer)
    const abort = trial.abortable()
    const aborting = async (put: PutBytes): Promise<number> => {
      await put(content.subarray(0, 9))
      abort.abort()
      await put(content)
      return 20
    }
    assert.equal(
      (await caches.save(name, aborting, abort.signal)).saved,
      false,
      'an aborted save says that it saved nothing',
    )
    await assertContent(writer)
  }),

  storageCase('a cache of pointers that the log has let go of is not given out', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits)
    await save(cachesOf(writer), 20)
    await writer.saveBase(20, chunked([[20, lineOf('base')]]))
    await writer.truncate(20)
    assert.equal(await cachesOf(writer).load(name), undefined)
    assert.equal(await cachesOf(await trial.writer(await trial.reopened())).load(name), undefined)
  }),
]

function cachesOf(writer: LogWriter): WritableCaches {
  if (writer.caches === undefined) throw new CaseSkipped()
  return writer.caches
}

function save(caches: WritableCaches, upTo: number, piece = 100_000): ReturnType<WritableCaches['save']> {
  return caches.save(name, async (put) => {
    for (let at = 0; at < content.length; at += piece) await put(content.slice(at, at + piece))
    return upTo
  })
}

async function assertContent(reader: LogReader & { readonly caches?: Caches }): Promise<void> {
  const cache = await reader.caches?.load(name)
  assert(cache !== undefined, 'a cache that was saved and fits the log is given out')
  assert.deepEqual([cache.upTo, cache.bytes], [20, content.length])
  for (const [from, to] of [
    [0, content.length],
    [65_535, 131_074],
    [299_990, 300_001],
    [5, 5],
  ] as const) {
    const into = new Uint8Array(to - from)
    await cache.read(into, from)
    assert.deepEqual(into, content.slice(from, to), `the bytes ${from} to ${to} of a cache`)
  }
  await assert.rejects(
    cache.read(new Uint8Array(2), content.length - 1),
    'nothing can be read behind the end of a cache',
  )
  await cache.close()
}
