import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeDiskWith } from '../src/environment/node-disk.ts'
import { nodeClock, nodeMachine, nodeRandom, nodeTimers } from '../src/environment/node-environment.ts'
import { lockByOpening, type OpeningFs } from '../src/environment/node-lock.ts'
import { takeFlock } from '../src/locking/lock.ts'
import { temporaryDirectory } from './temporary.ts'

/** The flag of macOS, as open(2) describes it there: of open files of one inode, one at a time has the lock. */
class LockingFs implements OpeningFs {
  readonly #holders = new Map<number, bigint>()
  before: () => void = () => {}
  /** Whether an open file keeps a second one out. */
  isExclusive = true

  /** How many of the descriptors that this opened are open. */
  get open(): number {
    return this.#holders.size
  }

  readonly openSync: OpeningFs['openSync'] = (path, flags) => {
    this.before()
    expect(flags, 'asks for the lock').toSatisfy((given: number) => (given & 0x20) !== 0)
    const { ino } = fs.statSync(path, { bigint: true })
    const isHeld = this.isExclusive && [...this.#holders.values()].includes(ino)
    if (isHeld) throw Object.assign(new Error('held'), { code: 'EAGAIN' })
    const fd = fs.openSync(path, Number(flags) & ~0x20)
    this.#holders.set(fd, ino)
    return fd
  }
  readonly fstatSync = fs.fstatSync
  readonly closeSync: OpeningFs['closeSync'] = (fd) => {
    this.#holders.delete(fd)
    fs.closeSync(fd)
  }
}

const environmentWith = (given: OpeningFs) => ({
  disk: nodeDiskWith(lockByOpening(given)),
  clock: nodeClock,
  timers: nodeTimers,
  machine: nodeMachine,
  random: nodeRandom,
})

test('a store is locked by opening: of two one gets in, and the next when the first has let go', async () => {
  const options = { dir: temporaryDirectory(), owner: 'test' }
  const given = new LockingFs()
  const environment = environmentWith(given)
  const first = await takeFlock(environment, options)
  expect(first?.method).toBe('flock')
  await expect(takeFlock(environment, options)).rejects.toMatchObject({
    code: 'LOCKED',
    details: { pid: process.pid },
  })
  expect(await first?.isOurs()).toBe(true)
  await first?.release()
  expect(given.open).toBe(0)
  const next = await takeFlock(environment, options)
  expect(await next?.isOurs()).toBe(true)
  await next?.release()
})

test('where the flag means nothing, two open files both get the lock, and it is not used', async () => {
  const options = { dir: temporaryDirectory(), owner: 'test' }
  const given = new LockingFs()
  given.isExclusive = false
  expect(await takeFlock(environmentWith(given), options)).toBeUndefined()
  expect(fs.readdirSync(options.dir)).toEqual([])
  expect(given.open).toBe(0)
})

test.each<[string, (path: string) => void]>([
  ['is gone', (path) => fs.rmSync(path)],
  ['is another file', (path) => fs.writeFileSync(`${path}.new`, '') ?? fs.renameSync(`${path}.new`, path)],
])('a file whose name %s by now is not locked by it', (_, act) => {
  const path = join(temporaryDirectory(), 'LOCK')
  fs.writeFileSync(path, '')
  const fd = fs.openSync(path, 'r+')
  const given = new LockingFs()
  given.before = () => act(path)
  expect(lockByOpening(given)(fd, path)).toEqual({ outcome: 'held' })
  expect(given.open).toBe(0)
  fs.closeSync(fd)
})

test('a file system without locks says so; what else fails is told', () => {
  const failing = (code: string): OpeningFs => ({
    ...fs,
    openSync: () => {
      throw Object.assign(new Error(code), { code })
    },
  })
  expect(lockByOpening(failing('ENOTSUP'))(0, 'LOCK')).toEqual({ outcome: 'unavailable' })
  expect(() => lockByOpening(failing('EMFILE'))(0, 'LOCK')).toThrow('EMFILE')
})
