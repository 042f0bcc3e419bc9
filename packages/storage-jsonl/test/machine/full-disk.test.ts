import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { seededPick } from '@stateward/conformance'
import { hasCode, type LogWriter, type StorageEvent } from '@stateward/contract'
import { afterAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { jsonlStorage } from '../../src/index.ts'
import { Mounts, whyNoMounts } from './mounting.ts'
import { checkNumbered, numberedBase, numberedRecord } from './numbered-record.ts'

const diskBytes = 1_048_576
const cyclesADisk = 5

const mounts = new Mounts('full-disk')
afterAll(() => mounts.dispose())

rig('full-disk', async ({ each, skip }) => {
  const missing = await whyNoMounts({ tmpfsBytes: diskBytes })
  if (missing !== undefined) skip(missing)
  return each(async (seed) => {
    const place = await mounts.mount(`disk-${seed}`, { tmpfsBytes: diskBytes })
    await fillAgainAndAgain(join(place, 'store'), seed)
    await mounts.unmount(place)
    return cyclesADisk
  })
})

/** Fills the disk, sees the refusal, makes room, and goes on; then opens what is left and looks at all of it. */
async function fillAgainAndAgain(dir: string, seed: number): Promise<void> {
  const pick = seededPick(seed)
  const events: StorageEvent[] = []
  const storage = jsonlStorage({ dir, segmentBytes: 65_536, ballastBytes: 0, roomCheckMs: 5, retention: 'none' })
  const { writer } = await storage.openWriter('fills', { notify: (event) => void events.push(event) })
  let acknowledged = 0
  try {
    for (let cycle = 0; cycle < cyclesADisk; cycle++) {
      // Something else takes most of the room, another part of it each time.
      const hog = join(dir, '..', 'hog')
      takeRoom(hog, 300_000 + pick(300_000))
      acknowledged = await appendUntilFull(writer, acknowledged)
      expect(events.at(-1)).toMatchObject({ kind: 'full' })
      await expect(appendNext(writer, acknowledged)).rejects.toMatchObject({ code: 'FULL' })
      expect(await checkNumbered(writer)).toEqual({ lastSeq: acknowledged })
      await rm(hog)
      await makeRoom(writer, acknowledged)
      while (events.at(-1)?.kind !== 'resumed') await pause(2)
      await appendNext(writer, acknowledged++)
    }
  } finally {
    await writer.close()
  }
  const { writer: next, recovery } = await storage.openWriter('after')
  expect(recovery.quarantined, 'no torn line').toEqual([])
  expect(await checkNumbered(next)).toEqual({ lastSeq: acknowledged })
  await next.close()
}

/** Takes so much of the disk, or what there is. */
function takeRoom(path: string, bytes: number): void {
  try {
    writeFileSync(path, Buffer.alloc(bytes))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

/** Appends from eight callers at once until one is refused. Resolves with the last commit that was acknowledged. */
async function appendUntilFull(writer: LogWriter, from: number): Promise<number> {
  for (let last = from; ; ) {
    const group = Array.from({ length: 8 }, (_, index) => appendNext(writer, last + index))
    const outcomes = await Promise.allSettled(group)
    const taken = outcomes.findIndex(({ status }) => status === 'rejected')
    if (taken < 0) {
      last += outcomes.length
      continue
    }
    for (const outcome of outcomes.slice(taken)) {
      const isRefused =
        outcome.status === 'rejected' && (hasCode(outcome.reason, 'FULL') || hasCode(outcome.reason, 'CONFLICT'))
      if (!isRefused) throw new Error('a write behind one that was FULL was not refused', { cause: outcome })
    }
    return last + taken
  }
}

async function appendNext(writer: LogWriter, expectedSeq: number): Promise<void> {
  const options = { expectedSeq, commitId: `c${expectedSeq}`, durability: 'commit' } as const
  await writer.append([numberedRecord(expectedSeq + 1)], options)
}

/** Writes a base and lets go of what it covers. */
async function makeRoom(writer: LogWriter, upTo: number): Promise<void> {
  await writer.saveBase(upTo, numberedBase(upTo))
  await writer.truncate(upTo)
}
