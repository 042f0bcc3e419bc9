import type { Disk, DiskFile } from '@stateward/contract'
import { expect, test } from 'vitest'
import { boot, failure, type SimCall, type SimFault, SimMedium, type SimOperation } from '../src/index.ts'

interface Opened {
  readonly medium: SimMedium
  readonly disk: Disk
  readonly file: DiskFile
}

const changes: readonly (readonly [SimOperation, (opened: Opened) => Promise<unknown>])[] = [
  ['create', ({ disk }) => disk.open('/new', 'create')],
  ['write', ({ file }) => file.write(Buffer.from('xyz!'), 0)],
  ['truncate', ({ file }) => file.truncate(1)],
  ['rename', ({ disk }) => disk.rename('/a', '/new')],
  ['remove', ({ disk }) => disk.remove('/a')],
  ['remove', ({ disk }) => disk.removeDirectory('/empty')],
  ['makeDirectory', ({ disk }) => disk.makeDirectory('/new')],
  ['syncDirectory', ({ disk }) => disk.syncDirectory('/')],
]

async function opened(): Promise<Opened> {
  const medium = new SimMedium()
  const disk = boot(medium)
  await disk.makeDirectory('/empty')
  const file = await disk.open('/a', 'create')
  await file.write(Buffer.from('abc'), 0)
  return { medium, disk, file }
}

const picture = (medium: SimMedium): unknown => [
  medium.contents(),
  [...medium.root.names.keys()],
  medium.afterPowerCut(() => 0).contents(),
  [...medium.afterPowerCut(() => 0).root.names.keys()],
]

test.each(changes)('a call that fails once changes nothing, and the next one does: %s', async (operation, call) => {
  const all = await opened()
  const { medium } = all
  const before = picture(medium)
  const at = medium.steps + 1
  medium.onStep = (step) => {
    expect(step.operation).toBe(operation)
    return step.step === at ? { fail: 'EIO' } : undefined
  }
  await expect(call(all)).rejects.toMatchObject({ code: 'EIO' })
  expect(picture(medium)).toEqual(before)
  await call(all)
  expect(picture(medium)).not.toEqual(before)
})

test.each(changes)('a call may do nothing and be called done: %s', async (_, call) => {
  const all = await opened()
  const before = picture(all.medium)
  all.medium.onStep = () => ({ skip: true })
  await call(all)
  expect(picture(all.medium)).toEqual(before)
})

test('from the n-th call on all fail, and those before it do not', async () => {
  const { medium, file } = await opened()
  const from = medium.steps + 3
  medium.onStep = ({ step }) => (step >= from ? { fail: 'EIO' } : undefined)
  const outcomes: unknown[] = []
  for (let n = 0; n < 6; n++) {
    outcomes.push(await file.write(Buffer.from(`${n}`), n).catch((error: NodeJS.ErrnoException) => error.code))
  }
  expect(outcomes).toEqual([1, 1, 'EIO', 'EIO', 'EIO', 'EIO'])
  expect(medium.contents()).toEqual({ '/a': '01c' })
})

test('steps are counted from one, and say what is to be written where', async () => {
  const medium = new SimMedium()
  const steps: unknown[] = []
  medium.onStep = ({ step, operation, path, bytes, written }): SimFault => {
    steps.push([step, operation, path, bytes, written?.position])
    return undefined
  }
  const file = await boot(medium).open('/a', 'create')
  await file.write(Buffer.from('abc'), 5)
  await file.datasync()
  expect(steps).toEqual([
    [1, 'create', '/a', 0, undefined],
    [2, 'write', '/a', 3, 5],
    [3, 'datasync', '/a', 0, undefined],
  ])
})

test('a short write takes as many bytes as it says', async () => {
  const { medium, file } = await opened()
  medium.onStep = () => ({ short: 2 })
  expect(await file.write(Buffer.from('xyz'), 3)).toBe(2)
  expect(medium.contents()).toEqual({ '/a': 'abcxy' })
})

test.each<SimCall['call']>(['open', 'read', 'stat', 'list', 'lock', 'space'])(
  'also a call that only looks may fail: %s',
  async (name) => {
    const { medium, disk, file } = await opened()
    const looks = {
      open: () => disk.open('/a', 'read'),
      read: () => file.read(Buffer.alloc(1), 0),
      stat: () => disk.stat('/a'),
      list: () => disk.list('/'),
      lock: () => file.lock(),
      space: () => disk.space('/'),
    }
    medium.onCall = ({ call, path }) => {
      if (call === name) throw failure('EMFILE', path)
    }
    for (const [call, look] of Object.entries(looks)) {
      const outcome = await look().then(
        () => 'done',
        (error: NodeJS.ErrnoException) => error.code,
      )
      expect([call, outcome]).toEqual([call, call === name ? 'EMFILE' : 'done'])
    }
  },
)
