import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode, type LogWriter } from '@stateward/contract'
import { afterAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { type JsonlStorage, jsonlStorage } from '../../src/index.ts'
import { Mounts, makeImage, whyNoMounts } from './mounting.ts'
import { checkNumbered, numberedRecord } from './numbered-record.ts'

const callersByMode = [1, 4, 32, 128]
const tmpfsBytes = 33_554_432

const mounts = new Mounts('failing-sync')
afterAll(() => mounts.dispose())

rig('failing-sync', async ({ each, skip }) => {
  const missing = await whyNoMounts('image')
  if (missing !== undefined) skip(missing)
  return each(async (seed) => {
    await failOnce(`disk-${seed}`, callersByMode[seed % callersByMode.length] ?? 1)
    return 1
  })
})

/** An image of which the blocks are made when they are written first, on a file system that has no more of them. */
async function failOnce(name: string, callers: number): Promise<void> {
  const device = await mounts.mount(`${name}.device`, { tmpfsBytes })
  const image = await makeImage(join(device, 'disk.img'), { megabytes: 24, blockBytes: 4_096 })
  const place = await mounts.mount(name, { image }, 'errors=continue')
  const dir = join(place, 'store')
  const storage = jsonlStorage({ dir, ballastBytes: 0, segmentBytes: 8_388_608 })
  const { writer } = await storage.openWriter('before')
  const ballast = join(device, 'ballast')
  const before = await appendUntil(writer, { from: 0, callers, until: 200 })
  await fillUp(ballast)
  const { durable, code } = await appendUntil(writer, { from: before.durable, callers, until: 100_000 })
  expect(code).toBe('UNKNOWN')
  await expect(appendOne(writer, durable)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  expect((await checkNumbered(writer)).lastSeq).toBe(durable)
  await writer.close()
  await rm(ballast)
  const served = await reopened(storage, durable)
  const cut = join(mounts.folder, `${name}.cut`)
  await copyFile(image, cut)
  await mounts.unmount(place)
  await mounts.unmount(device)
  const after = await mounts.mount(`${name}.after`, { image: cut })
  const { writer: last } = await jsonlStorage({ dir: join(after, 'store') }).openWriter('after the cut')
  const { lastSeq, wrong } = await checkNumbered(last)
  expect(wrong).toBeUndefined()
  expect(lastSeq).toBeGreaterThanOrEqual(served)
  await last.close()
  await mounts.unmount(after)
}

/**
 * Opens the store on the same file system, where that lets anybody write: an ext4 that could not write its journal does
 * not, until it is mounted anew. Resolves with the last commit that was served since, and then is to stay.
 */
async function reopened(storage: JsonlStorage, durable: number): Promise<number> {
  try {
    const { writer } = await storage.openWriter('again')
    const { lastSeq, wrong } = await checkNumbered(writer)
    expect(wrong).toBeUndefined()
    expect(lastSeq).toBeGreaterThanOrEqual(durable)
    await writer.close()
    return lastSeq
  } catch (error) {
    if (hasCode(error, 'STORAGE_FAILED') && error.details.disk === 'EROFS') return durable
    throw error
  }
}

/** Takes every block that is left. */
async function fillUp(path: string): Promise<void> {
  for (const chunk of [1_048_576, 4_096]) {
    for (;;) {
      const isTaken = await writeFile(path, Buffer.alloc(chunk, 1), { flag: 'a' }).then(
        () => true,
        () => false,
      )
      if (!isTaken) break
    }
  }
}

async function appendOne(writer: LogWriter, expectedSeq: number): Promise<number> {
  const options = { expectedSeq, commitId: `c${expectedSeq}`, durability: 'commit' } as const
  return (await writer.append([numberedRecord(expectedSeq + 1)], options)).lastSeq
}

/** Appends from so many callers at once until `until` or a failure. Resolves with what was acknowledged and the failure's code. */
async function appendUntil(
  writer: LogWriter,
  { from, callers, until }: { from: number; callers: number; until: number },
): Promise<{ readonly durable: number; readonly code: string | undefined }> {
  let durable = from
  while (durable < until) {
    const before = durable
    const outcomes = await Promise.allSettled(
      Array.from({ length: callers }, (_, index) => appendOne(writer, before + index)),
    )
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') durable = outcome.value
      else return { durable, code: hasCode(outcome.reason, 'UNKNOWN') ? 'UNKNOWN' : String(outcome.reason) }
    }
  }
  return { durable, code: undefined }
}
