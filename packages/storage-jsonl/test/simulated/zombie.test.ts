import { createHash } from 'node:crypto'
import { beside, boot, failure, SimClock, SimMedium, seededPick } from '@stateward/conformance'
import type { Appended, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const log = '/store/log-00000001.jsonl'
const lock = 'pidfile'
const fill = 200

interface TakenOver {
  readonly medium: SimMedium
  readonly newer: LogWriter
  /** What the log holds, by what the newer writer says. */
  readonly texts: readonly string[]
  /** Lets the older writer's process go on after so long; settles with what became of what was asked of it. */
  wake(sleptMs?: number): Promise<PromiseSettledResult<Appended>[]>
  readonly older: LogWriter
}

/** A writer whose process stands still in a sync, on a file system whose locks keep nobody out, and a newer one. */
async function takenOver(): Promise<TakenOver> {
  const medium = new SimMedium()
  const clock = new SimClock()
  // In a process that was stopped the disk answers before any timer does.
  const timers = { after: () => () => undefined }
  const older = await simStorage(boot(medium), { lock, clock, timers }).openWriter('older')
  const records = [1, 2, 3].map((name) => recordOf(name, fill))
  await append(older.writer, records)
  let wake = (): void => undefined
  const waking = new Promise<void>((resolve) => {
    wake = resolve
  })
  const asleep = new Promise<void>((resolve) => {
    medium.onCall = ({ call, path }) => {
      if (call !== 'datasync' || !path.startsWith(log)) return undefined
      medium.onCall = undefined
      resolve()
      return waking
    }
  })
  const tail = records.length
  const { writer } = older
  const appended = (name: string, expectedSeq: number): Promise<Appended> =>
    writer.append([recordOf(name, fill)], { expectedSeq, commitId: name, durability: 'commit' })
  const held = appended('held', tail)
  await asleep
  // It is written when the first is done, which is after the newer writer has come.
  const late = appended('late', tail + 1)
  await beside(medium).remove('/store/LOCK')
  const newer = await simStorage(beside(medium), { lock, seed: 2 }).openWriter('newer')
  const own = ['new', 'newer'].map((name) => recordOf(name))
  await append(newer.writer, own)
  return {
    medium,
    newer: newer.writer,
    texts: [...records, recordOf('held', fill), ...own].map(textOf),
    older: writer,
    wake: (sleptMs = 0) => {
      clock.pass(sleptMs)
      wake()
      return Promise.allSettled([held, late])
    },
  }
}

test.each(['closed in order', 'killed'])(
  'lines of a zombie writer behind the fenced end are kept aside and never served: the newer writer %s',
  async (end) => {
    const { medium, newer, texts, wake } = await takenOver()
    await wake()
    expect(await readAll(newer), 'while the newer one is open').toEqual(texts)
    if (end === 'closed in order') await newer.close()
    medium.kill()
    const zombie = medium.file(log).bytes.toString('latin1')
    for (let seed = 0; seed <= 20; seed++) {
      const after = seed === 0 ? medium.fork() : medium.afterPowerCut(seededPick(seed))
      const disk = boot(after)
      if ((await disk.stat('/store/LOCK')) !== undefined) await disk.remove('/store/LOCK')
      const { writer, recovery } = await simStorage(disk, { lock }).openWriter('next')
      expect(await readAll(writer), `seed ${seed}`).toEqual(texts)
      expect(await writer.verify(), `seed ${seed}`).toMatchObject({ ok: true })
      const found = recovery.quarantined.find(({ file }) => log.endsWith(file))
      const { bytes } = after.file(`/store/${found?.keptIn}`)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(found?.sha256)
      expect(zombie.endsWith(bytes.toString('latin1')), 'what the zombie wrote').toBe(true)
      expect(bytes.toString()).toContain('plate')
      await append(writer, [recordOf('after')])
    }
  },
)

test('a writer that slept through a takeover acknowledges nothing when it wakes, not even what it was about to', async () => {
  const { older, newer, texts, wake } = await takenOver()
  const [held, late] = await wake(5_001)
  expect(held).toMatchObject({ status: 'rejected', reason: { code: 'UNKNOWN', cause: { code: 'FENCED' } } })
  expect(late).toMatchObject({ status: 'rejected', reason: { code: 'FENCED' } })
  expect(await older.stats()).toMatchObject({ health: 'failed' })
  await expect(append(older, [recordOf('later')])).rejects.toMatchObject({ code: 'FENCED' })
  expect(await readAll(newer)).toEqual(texts)
  await older.close()
})

test.each(['commit', 'interval', 'none'] as const)(
  'a writer that slept looks once whether it is the newest, then acknowledges as before: %s',
  async (level) => {
    const medium = new SimMedium()
    const clock = new SimClock()
    const timers = { after: () => () => undefined }
    const { writer } = await simStorage(boot(medium), { lock, clock, timers, fenceCheckMs: 1_000 }).openWriter('test')
    const looks: string[] = []
    medium.onCall = ({ call, path }) => void (call === 'stat' && path.endsWith('LOCK') && looks.push(path))
    await append(writer, [recordOf(1)], level)
    clock.pass(1_000)
    await append(writer, [recordOf(2)], level)
    expect(looks, 'a look that is not older than it may be').toHaveLength(0)
    clock.pass(1)
    await append(writer, [recordOf(3)], level)
    await append(writer, [recordOf(4)], level)
    expect(looks).toHaveLength(1)
    clock.pass(1_001)
    await beside(medium).remove('/store/LOCK')
    await expect(append(writer, [recordOf(5)], level)).rejects.toMatchObject({ code: 'UNKNOWN' })
    await writer.close()
  },
)

test('a look that fails says nothing: what is safe is acknowledged, and the next one looks again', async () => {
  const medium = new SimMedium()
  const clock = new SimClock()
  const timers = { after: () => () => undefined }
  const { writer } = await simStorage(boot(medium), { lock, clock, timers, fenceCheckMs: 1_000 }).openWriter('test')
  clock.pass(1_001)
  medium.onCall = ({ call, path }) => {
    if (call === 'stat' && path.endsWith('LOCK')) throw failure('EIO', path)
  }
  await append(writer, [recordOf(1)])
  medium.onCall = undefined
  await beside(medium).remove('/store/LOCK')
  await expect(append(writer, [recordOf(2)])).rejects.toMatchObject({ code: 'UNKNOWN' })
  await writer.close()
})
