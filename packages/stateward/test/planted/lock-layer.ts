import { deepEqual, equal, rejects } from 'node:assert/strict'
import { beside, boot, SimClock, SimMedium, simMachine } from '@stateward/conformance'
import type { Disk, Machine } from '@stateward/contract'
import { append, recordOf } from '../../../storage-jsonl/test/records.ts'
import { simStorage } from '../../../storage-jsonl/test/simulated/sim-storage.ts'

const dayMs = 86_400_000

/** Never two writers, however old the lock of the first is; never a lock that outlives its holder; fenced is fenced. */
export async function lockLayer(): Promise<void> {
  for (const lock of ['flock', 'pidfile'] as const) {
    await oneOfMany(lock)
    await heldForADay(lock)
    await deadHolder(lock)
  }
  await takenOver()
}

async function oneOfMany(lock: 'flock' | 'pidfile'): Promise<void> {
  const medium = new SimMedium()
  const first = boot(medium)
  const racers = Array.from({ length: 8 }, () => simStorage(first, { lock }).openWriter('racer'))
  const outcomes = await Promise.allSettled(racers)
  equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, `${lock}: one of eight gets in`)
}

async function heldForADay(lock: 'flock' | 'pidfile'): Promise<void> {
  const medium = new SimMedium()
  const clock = new SimClock()
  const { writer } = await simStorage(boot(medium), { lock, clock, timers: clock }).openWriter('holder')
  clock.pass(dayMs)
  const rival = simStorage(beside(medium), { lock, clock, timers: clock }).openWriter('rival')
  await rejects(rival, { code: 'LOCKED' }, `${lock}: held for a day`)
  await append(writer, [recordOf(1)])
  await writer.close()
}

async function deadHolder(lock: 'flock' | 'pidfile'): Promise<void> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { lock }).openWriter('dies')
  await append(writer, [recordOf(1)])
  medium.kill()
  const machine: Machine = { ...simMachine, pid: simMachine.pid + 1, isAlive: (pid) => pid === simMachine.pid + 1 }
  const { recovery } = await simStorage(boot(medium), { lock, machine }).openWriter('next')
  equal(recovery.lastSeq, 1, `${lock}: the next one gets in`)
}

/** On a file system whose locks keep nobody out, the epoch does: the older of two writers stops. */
async function takenOver(): Promise<void> {
  const medium = new SimMedium()
  const older = await simStorage(boot(medium), { lock: 'pidfile' }).openWriter('older')
  await append(older.writer, [recordOf(1)])
  const disk: Disk = beside(medium)
  await disk.remove('/store/LOCK')
  const newer = await simStorage(beside(medium), { lock: 'pidfile' }).openWriter('newer')
  equal(newer.writer.epoch > older.writer.epoch, true, 'a newer writer has a higher epoch')
  const barrier = { expectedSeq: 1, commitId: 'barrier', durability: 'commit' } as const
  await rejects(older.writer.append([], barrier), { code: 'FENCED' })
  deepEqual(await append(newer.writer, [recordOf(2)]).then((ptrs) => ptrs.length), 1)
}
