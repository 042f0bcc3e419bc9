import type { Disk, DiskFile } from '@stateward/contract'
import { expect, test } from 'vitest'
import { boot, SimMedium, seededPick } from '../src/index.ts'
import { everyOutcome } from './every-outcome.ts'

const sector = 512

/** Everything that a power cut can leave of a medium, each as `JSON` of its files. */
const left = (medium: SimMedium): Set<string> =>
  everyOutcome((pick) => JSON.stringify(sorted(medium.afterPowerCut(pick).contents())))

const setOf = (...contents: Record<string, string>[]): Set<string> =>
  new Set(contents.map((content) => JSON.stringify(sorted(content))))

const sorted = (content: Record<string, string>): unknown =>
  Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1))

/** A file that is on the medium with its name. */
async function kept(disk: Disk, path: string, content: string): Promise<DiskFile> {
  const file = await disk.open(path, 'create')
  await file.write(Buffer.from(content), 0)
  await file.datasync()
  await disk.syncDirectory('/')
  return file
}

async function withFile(content: string): Promise<{ medium: SimMedium; disk: Disk; file: DiskFile }> {
  const medium = new SimMedium()
  const disk = boot(medium)
  return { medium, disk, file: await kept(disk, '/a', content) }
}

const choices = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const

test('what is synced, with its name, is all that a power cut can leave', async () => {
  const { medium, file } = await withFile('a'.repeat(700))
  await file.write(Buffer.from('b'.repeat(700)), 300)
  await file.datasync()
  expect(left(medium)).toEqual(setOf({ '/a': 'a'.repeat(300) + 'b'.repeat(700) }))
})

test('of sectors that were overwritten and not synced any are lost, whole', async () => {
  const { medium, file } = await withFile('a'.repeat(3 * sector))
  await file.write(Buffer.from('b'.repeat(2 * sector)), sector / 2)
  const half = sector / 2
  const first = ['a'.repeat(sector), 'a'.repeat(half) + 'b'.repeat(half)]
  const second = ['a'.repeat(sector), 'b'.repeat(sector)]
  const third = ['a'.repeat(sector), 'b'.repeat(half) + 'a'.repeat(half)]
  const all = first.flatMap((one) => second.flatMap((two) => third.map((three) => one + two + three)))
  expect(left(medium)).toEqual(setOf(...all.map((content) => ({ '/a': content }))))
})

test('of what was appended and not synced any size is left, and of its sectors any are zeros', async () => {
  const { medium, file } = await withFile('a'.repeat(sector))
  await file.write(Buffer.from('b'.repeat(sector + 9)), sector)
  const contents = []
  for (let size = sector; size <= 2 * sector + 9; size++) {
    for (const [one, two] of choices) {
      const whole = ['a', 'b\0'.charAt(one), 'b\0'.charAt(two)].map((letter) => letter.repeat(sector)).join('')
      contents.push({ '/a': whole.slice(0, size) })
    }
  }
  const found = left(medium)
  expect(found).toEqual(setOf(...contents))
  expect(found, 'size without data').toContain([...setOf({ '/a': 'a'.repeat(sector) + '\0'.repeat(sector + 9) })][0])
})

test('a file that was cut and not synced may come back, and what is cut is zeros or what it was', async () => {
  const { medium, file } = await withFile('a'.repeat(600))
  await file.truncate(sector)
  const sizes = Array.from({ length: 600 - sector + 1 }, (_, at) => sector + at)
  const contents = sizes.flatMap((size) => [
    { '/a': 'a'.repeat(size) },
    { '/a': 'a'.repeat(sector) + '\0'.repeat(size - sector) },
  ])
  expect(left(medium)).toEqual(setOf(...contents))
  await file.datasync()
  expect(left(medium)).toEqual(setOf({ '/a': 'a'.repeat(sector) }))
})

test('names of which the directory was not synced are lost in any combination, though their files were synced', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  for (const path of ['/a', '/b']) {
    const file = await disk.open(path, 'create')
    await file.write(Buffer.from(path), 0)
    await file.datasync()
  }
  expect(left(medium)).toEqual(setOf({}, { '/a': '/a' }, { '/b': '/b' }, { '/a': '/a', '/b': '/b' }))
  await disk.syncDirectory('/')
  expect(left(medium)).toEqual(setOf({ '/a': '/a', '/b': '/b' }))
  await disk.remove('/a')
  expect(left(medium), 'a removed file may come back').toEqual(setOf({ '/a': '/a', '/b': '/b' }, { '/b': '/b' }))
  await disk.syncDirectory('/')
  expect(left(medium)).toEqual(setOf({ '/b': '/b' }))
})

test('a directory whose name is lost takes along what was synced in it', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  expect(await disk.makeDirectory('/d')).toBe(true)
  const file = await disk.open('/d/a', 'create')
  await file.write(Buffer.from('x'), 0)
  await file.datasync()
  await disk.syncDirectory('/d')
  expect(left(medium)).toEqual(setOf({}, { '/d/a': 'x' }))
  await disk.syncDirectory('/')
  expect(left(medium)).toEqual(setOf({ '/d/a': 'x' }))
})

test('a rename is there or not there, and never half', async () => {
  const { medium, disk } = await withFile('old')
  await kept(disk, '/next', 'new')
  await disk.rename('/next', '/a')
  expect(left(medium)).toEqual(setOf({ '/a': 'old', '/next': 'new' }, { '/a': 'new' }))
  await disk.syncDirectory('/')
  expect(left(medium)).toEqual(setOf({ '/a': 'new' }))
})

test('of two renames the second alone may be there: one file with two names', async () => {
  const { medium, disk } = await withFile('x')
  await disk.rename('/a', '/b')
  await disk.rename('/b', '/c')
  expect(left(medium)).toEqual(setOf({ '/a': 'x' }, { '/b': 'x' }, { '/c': 'x' }, { '/a': 'x', '/c': 'x' }))
  let picks = 0
  const after = medium.afterPowerCut(() => picks++)
  expect([...after.files().keys()]).toEqual(['/a', '/c'])
  const one = await boot(after).open('/a', 'change')
  await one.write(Buffer.from('y'), 0)
  expect(after.contents()).toEqual({ '/a': 'y', '/c': 'y' })
})

test('a name that is durable may lead to a file that is not: a rename before the sync', async () => {
  const { medium, disk } = await withFile('old')
  const file = await disk.open('/next', 'create')
  await file.write(Buffer.from('new'), 0)
  await disk.rename('/next', '/a')
  await disk.syncDirectory('/')
  const contents = ['', '\0', '\0\0', '\0\0\0', 'n', 'ne', 'new'].map((content) => ({ '/a': content }))
  expect(left(medium)).toEqual(setOf(...contents))
})

test('a sync that fails leaves clean pages: a later one says OK, reads find the data, and the power cut loses it', async () => {
  const { medium, file } = await withFile('aaa')
  await file.write(Buffer.from('bbb'), 0)
  medium.onStep = ({ operation }) => (operation === 'datasync' ? { fail: 'EIO' } : undefined)
  await expect(file.datasync()).rejects.toMatchObject({ code: 'EIO' })
  medium.onStep = () => undefined
  await file.datasync()
  const into = Buffer.alloc(3)
  expect([await file.read(into, 0), into.toString()]).toEqual([3, 'bbb'])
  expect(left(medium)).toEqual(setOf({ '/a': 'aaa' }))
  expect(left(medium.fork()), 'a fork knows of it too').toEqual(setOf({ '/a': 'aaa' }))
})

test('a flipped bit is one bit, seen at once and still there after a power cut', async () => {
  const { medium, file } = await withFile('abc')
  medium.file('/a').rot(1, 0)
  const into = Buffer.alloc(3)
  await file.read(into, 0)
  expect(into.toString()).toBe('acc')
  expect(left(medium)).toEqual(setOf({ '/a': 'acc' }))
})

test('the same seed gives the same power cut', async () => {
  const { medium, file } = await withFile('a'.repeat(5_000))
  await file.write(Buffer.from('b'.repeat(9_000)), 100)
  const cut = (seed: number): string | undefined => medium.afterPowerCut(seededPick(seed)).contents()['/a']
  expect(cut(4)).toBe(cut(4))
  expect(new Set([1, 2, 3, 4, 5, 6].map(cut)).size).toBeGreaterThan(3)
})
