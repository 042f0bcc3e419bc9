import { beside, boot, failure, SimMedium } from '@stateward/conformance'
import type { LogWriter, StorageEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const content = Buffer.alloc(900_000, 'cached')

interface Opened {
  readonly writer: LogWriter
  readonly told: StorageEvent[]
}

async function opened(medium: SimMedium): Promise<Opened> {
  const told: StorageEvent[] = []
  const { writer } = await simStorage(boot(medium)).openWriter('test', { notify: (event) => void told.push(event) })
  return { writer, told }
}

async function withCache(): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await opened(medium)
  await append(writer, [recordOf('a')])
  const saved = await writer.caches?.save('view', async (put) => {
    await put(content)
    return 1
  })
  expect(saved).toEqual({ saved: true })
  await writer.close()
  return medium.copy()
}

const reasons = (told: readonly StorageEvent[]): unknown[] =>
  told.flatMap((event) => (event.kind === 'cacheIgnored' ? [event.reason] : []))

test('a cache of many pages comes back as it was put, in any part', async () => {
  const { writer } = await opened(await withCache())
  const cache = await writer.caches?.load('view')
  const into = Buffer.alloc(1_000)
  await cache?.read(into, 700_001)
  expect(into.equals(content.subarray(700_001, 701_001))).toBe(true)
  await expect(cache?.read(into, content.length - 10)).rejects.toMatchObject({ code: 'CORRUPT' })
  for (const position of [0, content.length - 1_000]) {
    cache?.readSync?.(into.fill(0), position)
    expect(into.equals(content.subarray(position, position + 1_000))).toBe(true)
  }
  for (const position of [-1, content.length - 999])
    expect(() => cache?.readSync?.(into, position)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  await cache?.close()
})

test('whoever reads beside a writer finds the cache of what came since, and looks at the log as it is now', async () => {
  const medium = new SimMedium()
  const { writer } = await opened(medium)
  await append(writer, [recordOf('a')])
  const reader = await simStorage(beside(medium)).openReader()
  await append(writer, [recordOf('b'), recordOf('c')])
  await writer.caches?.save('view', async (put) => {
    await put(content)
    return 3
  })
  await writer.close()
  const cache = await reader.caches?.load('view')
  expect(cache).toMatchObject({ upTo: 3, bytes: content.length })
  await cache?.close()
  await reader.close()
})

test('a cache that is not there is no word worth; one that cannot be used is told once, and nothing else changes', async () => {
  const medium = await withCache()
  const { writer, told } = await opened(medium)
  expect(await writer.caches?.load('other')).toBeUndefined()
  expect(told).toEqual([])
  const path = [...medium.files().keys()].find((name) => name.includes('/cache/')) ?? ''
  medium.onCall = ({ call, path: at }) => {
    if (call === 'open' && at === path) throw failure('EACCES', at)
  }
  for (let time = 0; time < 2; time++) expect(await writer.caches?.load('view')).toBeUndefined()
  expect(reasons(told)).toEqual([expect.stringContaining('EACCES')])
  expect(await readAll(writer)).toEqual([textOf(recordOf('a'))])
})

test('what stands where the caches should is told, and left alone', async () => {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  const first = await opened(medium)
  await append(first.writer, [recordOf('a')])
  medium.plant('/store/cache', 'somebody put this here')
  expect(await first.writer.caches?.load('view')).toBeUndefined()
  expect(reasons(first.told)).toEqual(['cache is a file'])
  expect(await first.writer.caches?.save('view', async () => 1)).toEqual({ saved: false, reason: 'cache is a file' })
  expect(medium.contents()['/store/cache']).toBe('somebody put this here')
})

test('a device that fails while a cache is read is told to who reads it', async () => {
  const medium = await withCache()
  const { writer } = await opened(medium)
  const cache = await writer.caches?.load('view')
  medium.onCall = ({ call, path }) => {
    if (call === 'read') throw failure('EIO', path)
  }
  await expect(cache?.read(Buffer.alloc(10), 0)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})

test('a cache that was cut while it is open is CORRUPT where it ends', async () => {
  const medium = await withCache()
  const { writer } = await opened(medium)
  const cache = await writer.caches?.load('view')
  const path = [...medium.files().keys()].find((name) => name.includes('/cache/')) ?? ''
  medium.file(path).truncate(100_000)
  await expect(cache?.read(Buffer.alloc(10), 500_000)).rejects.toMatchObject({
    code: 'CORRUPT',
    details: { damage: [{ line: 0, reason: 'the file ends here' }] },
  })
})

test('a cache is given up where it is aborted, where its maker fails, and where it knows more than the log', async () => {
  const medium = new SimMedium()
  const { writer } = await opened(medium)
  await append(writer, [recordOf('a')])
  const { caches } = writer
  const stop = new AbortController()
  const aborted = await caches?.save(
    'view',
    async (put) => {
      stop.abort()
      await put(content)
      return 1
    },
    stop.signal,
  )
  expect(aborted).toEqual({ saved: false, reason: 'it was aborted', isStale: true })
  expect(await caches?.save('view', async () => 1, AbortSignal.abort())).toMatchObject({ saved: false })
  const own = new Error('of the maker')
  await expect(caches?.save('view', () => Promise.reject(own))).rejects.toBe(own)
  await expect(caches?.save('view', async () => 2).then((saved) => saved)).resolves.toMatchObject({
    saved: false,
    reason: expect.stringContaining('a cache knows of commits up to 1, got one up to 2'),
  })
  medium.onStep = ({ operation, path }) =>
    operation === 'write' && path.includes('cache') ? { fail: 'EIO' } : undefined
  const failed = await caches?.save('view', async (put) => {
    await put(content)
    return 1
  })
  expect(failed).toMatchObject({ saved: false, reason: expect.stringContaining('EIO') })
  medium.onStep = () => undefined
  expect([...medium.files().keys()].filter((name) => name.includes('/cache/'))).toEqual([])
  await writer.close()
  await expect(caches?.save('view', async () => 1)).rejects.toMatchObject({ code: 'CLOSED' })
})

test.each(['archive', 'cache'])('a file where the %s should be holds nothing of the log', async (name) => {
  const medium = await withCache()
  const without = new SimMedium()
  await boot(without).makeDirectory('/store')
  for (const [path, text] of Object.entries(medium.contents())) if (!path.includes('/cache/')) without.plant(path, text)
  without.plant(`/store/${name}`, 'a file')
  const before = without.contents()
  const code = await simStorage(boot(without))
    .openWriter('test')
    .then(({ writer }) => readAll(writer))
    .catch((error: { code: string }) => error.code)
  expect({ code, contents: without.contents() }).toEqual({ code: 'INVALID', contents: before })
})
