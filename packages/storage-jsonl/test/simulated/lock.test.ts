import { beside, boot, failure, SimClock, type SimDisk, SimMedium, simMachine } from '@stateward/conformance'
import type { Disk, DiskFile, LockOutcome, Machine } from '@stateward/contract'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/environment/environment.ts'
import { takeFlock } from '../../src/locking/lock.ts'
import { takePidfile } from '../../src/locking/pidfile.ts'
import { takeLock } from '../../src/locking/take-lock.ts'

const path = '/store/LOCK'
const options = { dir: '/store', owner: 'test' }
const ofDead = JSON.stringify({ pid: 8, host: 'simulated', since: 'once', nonce: 'n', method: 'pidfile' })
const ofLiving = JSON.stringify({ pid: 7, host: 'simulated', since: 'once', nonce: 'n', method: 'pidfile', start: '1' })

function environmentOn(disk: Disk, machine: Machine = simMachine): Environment {
  const clock = new SimClock()
  return { disk, clock, timers: clock, machine, random: { bytes: (count) => new Uint8Array(count) } }
}

async function storeWith(note?: string): Promise<{ readonly medium: SimMedium; readonly disk: SimDisk }> {
  const medium = new SimMedium()
  const disk = boot(medium)
  await disk.makeDirectory('/store')
  if (note !== undefined) medium.plant(path, note)
  return { medium, disk }
}

const noteOf = (medium: SimMedium): unknown => JSON.parse(medium.file(path).bytes.toString())
const namesOf = (medium: SimMedium): string[] => [...medium.files().keys()]

/** What another process does just before the `nth` call of this kind. */
function meanwhile(medium: SimMedium, [call, nth]: readonly [call: string, nth: number], act: () => void): void {
  let count = 0
  medium.onCall = (made) => {
    if (made.call === call && ++count === nth) act()
  }
}

const gone = (medium: SimMedium): void => void medium.directory('/store').names.delete('LOCK')

function replaced(medium: SimMedium, note: string): void {
  gone(medium)
  medium.plant(path, note)
}

/** The disk of a file system whose locks answer something else than they should. */
function locking(disk: SimDisk, answer: LockOutcome): Disk {
  const locked = (file: DiskFile): DiskFile => ({ ...file, lock: async () => answer })
  return new Proxy<Disk>(disk, {
    get: (target, name) =>
      name === 'open'
        ? async (...given: Parameters<Disk['open']>) => locked(await target.open(...given))
        : Reflect.get(target, name).bind(target),
  })
}

test.each([
  ['cannot lock', 'unavailable'],
  ['says yes to everyone', 'taken'],
] as const)('a file system that %s gets a pid file, or a refusal where flock was asked for', async (_, answer) => {
  const { medium, disk } = await storeWith()
  const environment = environmentOn(locking(disk, answer))
  await expect(takeLock(environment, { ...options, method: 'flock' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  expect(namesOf(medium), 'a refusal leaves no LOCK').toEqual([])
  const lock = await takeLock(environment, { ...options, method: undefined })
  expect(lock.method).toBe('pidfile')
  expect(noteOf(medium)).toMatchObject({ pid: 7, method: 'pidfile', owner: 'test' })
  await lock.release()
  expect(namesOf(medium)).toEqual([])
})

test('a lock that the system says it keeps is not tried a second time', async () => {
  const { disk, medium } = await storeWith()
  const calls: string[] = []
  medium.onCall = ({ call }) => {
    calls.push(call)
  }
  const lock = await takeFlock(environmentOn(locking(disk, 'kept')), options)
  expect(lock?.method).toBe('flock')
  expect(calls.filter((call) => call === 'open' || call === 'create')).toHaveLength(1)
  await lock?.release()
})

test('where flock cannot be had, a LOCK that was there before stays as it was', async () => {
  const { medium, disk } = await storeWith(ofDead)
  expect(await takeFlock(environmentOn(locking(disk, 'unavailable')), options)).toBeUndefined()
  expect(medium.file(path).bytes.toString()).toBe(ofDead)
})

test('flock is refused while another one holds it, and names that one', async () => {
  const { disk, medium } = await storeWith()
  const held = await takeFlock(environmentOn(disk), options)
  await expect(takeFlock(environmentOn(beside(medium)), options)).rejects.toMatchObject({
    code: 'LOCKED',
    details: { pid: 7, host: 'simulated' },
  })
  expect(await held?.isOurs()).toBe(true)
  await held?.release()
  expect(namesOf(medium)).toEqual([])
})

test('flock gives way to a living process that holds LOCK as a pid file, and not to a dead one', async () => {
  const living = await storeWith(ofLiving)
  await expect(takeFlock(environmentOn(living.disk), options)).rejects.toMatchObject({ code: 'LOCKED' })
  expect(living.medium.file(path).bytes.toString()).toBe(ofLiving)
  const dead = await storeWith(ofDead)
  const lock = await takeFlock(environmentOn(dead.disk), options)
  expect(noteOf(dead.medium)).toMatchObject({ method: 'flock', owner: 'test' })
  await lock?.release({ restore: true })
  expect(dead.medium.file(path).bytes.toString()).toBe(ofDead)
})

test('a LOCK that its holder removes between our open and our lock is not ours: the next one is', async () => {
  const { medium, disk } = await storeWith('')
  meanwhile(medium, ['lock', 1], () => gone(medium))
  const lock = await takeFlock(environmentOn(disk), options)
  expect(await lock?.isOurs()).toBe(true)
  expect(noteOf(medium)).toMatchObject({ method: 'flock' })
})

test.each<[string, (environment: Environment) => Promise<unknown>]>([
  ['flock', (environment) => takeFlock(environment, options)],
  ['a pid file', (environment) => takePidfile(environment, options)],
])('%s is taken when LOCK vanishes between two looks at it; what the disk refuses is said', async (_, take) => {
  const vanishing = await storeWith(ofLiving)
  // The first open finds that there is one; the second would look at it.
  meanwhile(vanishing.medium, ['open', 2], () => gone(vanishing.medium))
  await take(environmentOn(vanishing.disk))
  expect(noteOf(vanishing.medium)).toMatchObject({ owner: 'test' })
  for (const nth of [1, 2]) {
    const refusing = await storeWith(ofLiving)
    meanwhile(refusing.medium, ['open', nth], () => {
      throw failure('EACCES', path)
    })
    await expect(take(environmentOn(refusing.disk))).rejects.toMatchObject({ code: 'EACCES' })
    expect(refusing.medium.file(path).bytes.toString()).toBe(ofLiving)
  }
})

test.each<[string, boolean, (medium: SimMedium) => void]>([
  ['another one has taken the dead one’s LOCK away already', true, gone],
  ['another one has put its own in the place', false, (medium) => replaced(medium, ofLiving)],
])('of two that find a dead process’s LOCK, one gets in: %s', async (_, opens, act) => {
  const { medium, disk } = await storeWith(ofDead)
  meanwhile(medium, ['rename', 1], () => act(medium))
  const taking = takePidfile(environmentOn(disk), options)
  if (opens) expect(await (await taking).isOurs()).toBe(true)
  else {
    await expect(taking).rejects.toMatchObject({ code: 'LOCKED', details: { pid: 7 } })
    expect(medium.file(path).bytes.toString()).toBe(ofLiving)
  }
  expect(namesOf(medium), 'nothing is left aside').toEqual([path])
})

test('a dead process’s LOCK that may not be moved keeps this one out, and says why', async () => {
  const { medium, disk } = await storeWith(ofDead)
  medium.onStep = ({ operation }) => (operation === 'rename' ? { fail: 'EPERM' } : undefined)
  await expect(takePidfile(environmentOn(disk), options)).rejects.toMatchObject({ code: 'EPERM' })
  expect(medium.file(path).bytes.toString()).toBe(ofDead)
})

test.each(['flock', 'pidfile'] as const)(
  'by %s, a LOCK that another one has taken over is not removed',
  async (method) => {
    const { medium, disk } = await storeWith()
    const lock = await takeLock(environmentOn(disk), { ...options, method })
    replaced(medium, ofLiving)
    expect(await lock.isOurs()).toBe(false)
    await lock.release()
    expect(medium.file(path).bytes.toString()).toBe(ofLiving)
    gone(medium)
    expect(await lock.isOurs()).toBe(false)
  },
)

test('a machine that does not know when its processes began leaves that out of LOCK, and takes none for another', async () => {
  const { medium, disk } = await storeWith()
  const machine: Machine = { ...simMachine, startOf: () => undefined }
  const lock = await takePidfile(environmentOn(disk, machine), options)
  expect(noteOf(medium)).not.toHaveProperty('start')
  await lock.release()
  medium.plant(path, ofLiving.replace('"start":"1"', '"start":"0"'))
  await expect(takePidfile(environmentOn(disk, machine), options)).rejects.toMatchObject({ code: 'LOCKED' })
  await (await takePidfile(environmentOn(disk), options)).release()
  expect(namesOf(medium)).toEqual([])
})

test.each(['null', '7', '{"pid":7}', `{"pid":"7","host":"simulated","since":"once","nonce":"n"}`])(
  'a LOCK that says %s names nobody, and only a person may remove it',
  async (note) => {
    const { medium, disk } = await storeWith(note)
    await expect(takePidfile(environmentOn(disk), options)).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringContaining('remove the file LOCK'),
      details: {},
    })
    expect(medium.file(path).bytes.toString()).toBe(note)
  },
)
