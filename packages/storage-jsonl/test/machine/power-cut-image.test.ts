import { copyFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Pick, seededPick } from '@stateward/conformance'
import type { LogWriter } from '@stateward/contract'
import { afterAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { jsonlStorage } from '../../src/index.ts'
import { append } from '../records.ts'
import { bundled } from './bundled.ts'
import { inLanes } from './in-lanes.ts'
import { startLoading } from './loading.ts'
import { Mounts, makeImage, whyNoMounts } from './mounting.ts'
import { checkNumbered, numberedRecord } from './numbered-record.ts'
import { type Phase, readTold } from './told.ts'

const cutsAnImage = 9
const imagesARound = 3

const mounts = new Mounts('power-cut')
afterAll(() => mounts.dispose())

rig('power-cut', async ({ each, note, skip }) => {
  const missing = await whyNoMounts('image')
  if (missing !== undefined) skip(missing)
  const script = await bundled(new URL('loaded-writer.ts', import.meta.url), mounts.folder)
  const seen = new Map<Phase, number>()
  const looked = await each(async (seed) => {
    await inLanes(imagesARound, imagesARound, (image) => cutOneImage(script, seed * imagesARound + image, seen))
    return imagesARound * cutsAnImage
  })
  note([`power-cut, by what the writer was at: ${[...seen].map(([phase, count]) => `${phase} ${count}`).join(', ')}`])
  return looked
})

/** One image with one writer on it, and so many power cuts of it while the writer works. */
async function cutOneImage(script: string, number: number, seen: Map<Phase, number>): Promise<void> {
  const pick = seededPick(number)
  const name = `image-${number}`
  const shape = number % 2 === 0 ? { megabytes: 12, blockBytes: 4_096 } : { megabytes: 8, blockBytes: 1_024 }
  const image = await makeImage(join(mounts.folder, `${name}.img`), shape)
  const place = await mounts.mount(name, { image })
  const told = `${image}.told`
  const retention = number % 3 === 0 ? 'all' : 'none'
  const writer = startLoading(script, {
    dir: join(place, 'store'),
    told,
    callers: 4 ** (number % 4),
    seed: number,
    retention,
  })
  try {
    for (let cut = 0; cut < cutsAnImage; cut++) {
      do await pause(1 + pick(60))
      while (readTold(told).phase === 'starting' && writer.isRunning())
      // What is in flight is in flight; but nothing new begins while the blocks are copied one after the other.
      writer.process.kill('SIGSTOP')
      const { durable, phase } = readTold(told)
      await copyFile(image, `${image}.cut`)
      seen.set(phase, (seen.get(phase) ?? 0) + 1)
      await assertSurvived(`${image}.cut`, { least: durable, pick }).catch((cause: unknown) => {
        throw new Error(`image ${number}, cut ${cut}, while ${phase}, acknowledged as durable up to ${durable}`, {
          cause,
        })
      })
      writer.process.kill('SIGCONT')
    }
  } finally {
    await writer.kill()
  }
  await mounts.unmount(place)
  await rm(image)
}

/** Mounts what the power cut has left, as a machine does that starts again, opens the store and looks at every promise. */
async function assertSurvived(image: string, { least, pick }: { least: number; pick: Pick }): Promise<void> {
  await onImage(image, async (writer) => {
    const { lastSeq, wrong } = await checkNumbered(writer)
    expect(wrong).toBeUndefined()
    expect(lastSeq).toBeGreaterThanOrEqual(least)
    await append(writer, [numberedRecord(lastSeq + 1)])
    if (pick(4) > 0) return
    // What was served after one power cut is there after the next.
    const again = `${image}.again`
    await copyFile(image, again)
    await onImage(again, async (second) => expect(await checkNumbered(second)).toEqual({ lastSeq: lastSeq + 1 }))
  })
}

async function onImage(image: string, look: (writer: LogWriter) => Promise<void>): Promise<void> {
  const place = await mounts.mount(`${basename(image)}.mounted`, { image })
  try {
    const { writer } = await jsonlStorage({ dir: join(place, 'store') }).openWriter('after a power cut')
    await look(writer).finally(() => writer.close())
  } finally {
    await mounts.unmount(place)
  }
}
