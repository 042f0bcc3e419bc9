import { createHash } from 'node:crypto'
import { beside, boot, SimMedium, seededPick } from '@stateward/conformance'
import type { LogWriter } from '@stateward/contract'
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
  /** Lets the older writer's process go on; settles when it has written what was asked of it. */
  wake(): Promise<unknown>
}

/** A writer whose process stands still in a sync, on a file system whose locks keep nobody out, and a newer one. */
async function takenOver(): Promise<TakenOver> {
  const medium = new SimMedium()
  const older = await simStorage(boot(medium), { lock }).openWriter('older')
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
  const appended = (name: string, expectedSeq: number): Promise<unknown> =>
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
    wake: () => {
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
