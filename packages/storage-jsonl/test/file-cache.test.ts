import { boot, SimMedium } from '@stateward/conformance'
import type { Disk, DiskFile, OpenMode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { bounds } from '../src/environment/bounds.ts'
import { FileCache } from '../src/files/file-cache.ts'

/** A cache over files 0, 1, 2 …, and which of them are open: a name for each time that one was opened and not closed. */
async function cached(count: number) {
  const disk = boot(new SimMedium())
  await disk.makeDirectory('/store')
  for (let at = 0; at < count; at++) await (await disk.open(`/store/${at}`, 'create')).close()
  const open: string[] = []
  const hooks = { closing: (): void => {} }
  const counted = (path: string, file: DiskFile): DiskFile => {
    const name = path.slice('/store/'.length)
    open.push(name)
    const closed = file.close.bind(file)
    const close = async (): Promise<void> => {
      expect(open).toContain(name)
      open.splice(open.indexOf(name), 1)
      hooks.closing()
      await closed()
    }
    return Object.assign(file, { close })
  }
  const opened = disk.open.bind(disk)
  const openedSync = disk.openSync.bind(disk)
  const counting: Disk = Object.assign(disk, {
    open: async (path: string, mode: OpenMode) => counted(path, await opened(path, mode)),
    openSync: (path: string) => counted(path, openedSync(path)),
  })
  return { cache: new FileCache(counting, '/store'), open, hooks }
}

test('a file is opened once for all who use it, and stays open until it is dropped and nobody uses it', async () => {
  const { cache, open } = await cached(1)
  const [first, second] = await Promise.all([cache.acquire('0'), cache.acquire('0')])
  expect(first).toBe(second)
  expect(open).toEqual(['0'])
  cache.drop(['0', 'unknown'])
  cache.release(first)
  expect(open).toEqual(['0'])
  cache.release(second)
  expect(open).toEqual([])
  await cache.using('0', async () => expect(open).toEqual(['0']))
  expect(open).toEqual(['0'])
  cache.close()
  expect(open).toEqual([])
})

test('who waits for a file that is dropped meanwhile gets the one that bears its name then', async () => {
  const { cache, open, hooks } = await cached(1)
  // Both open it; the later one closes its own, and what the earlier one left is dropped in that moment.
  hooks.closing = () => {
    hooks.closing = () => {}
    cache.drop(['0'])
  }
  const [first, second] = await Promise.all([cache.acquire('0').then((held) => held), cache.acquire('0')])
  cache.release(first)
  cache.release(second)
  cache.close()
  expect(open).toEqual([])
})

test('those used last stay open, and as many as may; one that is in use stays open beyond that', async () => {
  const { cache, open } = await cached(bounds.openFiles + 3)
  const used = await cache.acquire('0')
  for (let at = 1; at < bounds.openFiles; at++) cache.sync(String(at))
  expect(open).toHaveLength(bounds.openFiles)
  cache.sync('1')
  cache.sync(String(bounds.openFiles))
  expect(open).toHaveLength(bounds.openFiles)
  expect(open).toEqual(expect.arrayContaining(['0', '1', '3']))
  expect(open).not.toContain('2')
  cache.release(used)
  cache.sync('2')
  expect(open).not.toContain('0')
  expect(open).toHaveLength(bounds.openFiles)
})
