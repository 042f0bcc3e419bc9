import type { Disk, DiskFile } from '@stateward/contract'
import { expect, test } from 'vitest'
import { beside, boot, SimMedium } from '../src/index.ts'

const bytes = (text: string): Buffer => Buffer.from(text)

/** Every call of a disk and of an open file, but `close` and `watch`, which promise nothing. */
const calls: Record<string, (disk: Disk, file: DiskFile) => unknown> = {
  open: (disk) => disk.open('/a', 'read'),
  create: (disk) => disk.open('/new', 'create'),
  openSync: (disk) => disk.openSync('/a'),
  stat: (disk) => disk.stat('/a'),
  resolve: (disk) => disk.resolve('/a'),
  list: (disk) => disk.list('/'),
  makeDirectory: (disk) => disk.makeDirectory('/new'),
  removeDirectory: (disk) => disk.removeDirectory('/empty'),
  rename: (disk) => disk.rename('/a', '/new'),
  remove: (disk) => disk.remove('/a'),
  syncDirectory: (disk) => disk.syncDirectory('/'),
  space: (disk) => disk.space('/'),
  'file.read': (_, file) => file.read(Buffer.alloc(1), 0),
  'file.readSync': (_, file) => file.readSync(Buffer.alloc(1), 0),
  'file.write': (_, file) => file.write(bytes('x'), 0),
  'file.writeSync': (_, file) => file.writeSync(bytes('x'), 0),
  'file.datasync': (_, file) => file.datasync(),
  'file.truncate': (_, file) => file.truncate(0),
  'file.stat': (_, file) => file.stat(),
  'file.lock': (_, file) => file.lock(),
}

async function withFile(): Promise<{ medium: SimMedium; disk: Disk; file: DiskFile }> {
  const medium = new SimMedium()
  const disk = boot(medium)
  await disk.makeDirectory('/empty')
  const file = await disk.open('/a', 'create')
  await file.write(bytes('abc'), 0)
  return { medium, disk, file }
}

/** What is seen, and what the worst power cut would leave. */
const picture = (medium: SimMedium): unknown => [
  medium.contents(),
  [...medium.root.names.keys()],
  medium.afterPowerCut(() => 0).contents(),
]

test.each(Object.entries(calls))('a killed process can do nothing more: %s', async (_, call) => {
  const { medium, disk, file } = await withFile()
  const before = picture(medium)
  medium.kill()
  await expect((async () => call(disk, file))()).rejects.toMatchObject({ code: 'DIED' })
  expect(picture(medium)).toEqual(before)
})

test.each(Object.entries(calls).filter(([name]) => !/open|stat|resolve|list|space|read|lock/i.test(name)))(
  'a process that is killed as its call begins does nothing of it: %s',
  async (_, call) => {
    const { medium, disk, file } = await withFile()
    const before = picture(medium)
    medium.onStep = () => {
      medium.kill()
      return undefined
    }
    await expect((async () => call(disk, file))()).rejects.toMatchObject({ code: 'DIED' })
    expect(picture(medium)).toEqual(before)
  },
)

test('a process that is killed while a call waits does nothing of it', async () => {
  const { medium, file } = await withFile()
  medium.onCall = () => medium.kill()
  await expect(file.write(bytes('x'), 0)).rejects.toMatchObject({ code: 'DIED' })
  expect(medium.contents()).toEqual({ '/a': 'abc' })
})

test('a killed process keeps no lock, and its closing takes none from the next one', async () => {
  const { medium, file } = await withFile()
  expect(await file.lock()).toBe('taken')
  expect(await file.lock(), 'a lock is of an open file').toBe('held')
  const next = boot(medium)
  const nextFile = await next.open('/a', 'change')
  expect(await nextFile.lock()).toBe('taken')
  await file.close()
  const third = await beside(medium).open('/a', 'change')
  expect(await third.lock()).toBe('held')
  await nextFile.close()
  expect(await third.lock()).toBe('taken')
})

test('what a killed process wrote is seen by the next one, and is as little on the medium as before', async () => {
  const { medium } = await withFile()
  const disk = boot(medium)
  const into = Buffer.alloc(9)
  expect(await (await disk.open('/a', 'read')).read(into, 0)).toBe(3)
  expect(medium.afterPowerCut(() => 0).contents()).toEqual({})
})

test('a process beside another one sees what that writes before it is synced, and outlives it no longer than its medium', async () => {
  const { medium, disk, file } = await withFile()
  const second = beside(medium)
  const seen = await second.open('/a', 'read')
  await file.write(bytes('d'), 3)
  const into = Buffer.alloc(9)
  expect([await seen.read(into, 0), into.toString('latin1', 0, 4)]).toEqual([4, 'abcd'])
  await disk.rename('/a', '/b')
  expect(await second.list('/')).toEqual(['empty', 'b'])
  expect((await second.stat('/b'))?.inode, 'the same file').toBe((await seen.stat()).inode)
  medium.kill()
  await expect(second.list('/')).rejects.toMatchObject({ code: 'DIED' })
})
