import { boot, Died, type SimMedium, seededPick } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { repairLog } from '../../src/index.ts'
import { append } from '../records.ts'
import { byteOf, killedLog, linesOf, withLines } from './edited.ts'
import { closedLog, first, records, rewrite, served } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

const all = new Map(records.map((record, at) => [at + 1, record.toString()]))

function repair(medium: SimMedium, dryRun = false): ReturnType<typeof repairLog> {
  return repairLog({ ...careOf(boot(medium)), dryRun })
}

rig('repair', async ({ each }) => {
  const whole = await closedLog()
  const content = Buffer.from(whole.file(first).bytes)
  return each(async (seed) => {
    // A step that shares no factor with the number of bits comes to each of them once.
    const bit = (seed * 7919) % (content.length * 8)
    const medium = whole.copy()
    medium.file(first).rot(bit >> 3, bit & 7)
    expect(await repair(medium)).toMatchObject({ isWhole: true, files: [{ isExact: true }] })
    expect(medium.file(first).bytes.equals(content)).toBe(true)
    return 1
  })
})

test('every lost line feed is restored, and one that came in taken out again', async () => {
  const whole = await closedLog()
  const content = Buffer.from(whole.file(first).bytes)
  for (let at = 0; at < content.length; at++) {
    const isLost = content[at] === 0x0a
    if (!isLost && at % 11 > 0) continue
    const medium = whole.copy()
    const changed = [content.subarray(0, at), isLost ? '' : '\n', content.subarray(isLost ? at + 1 : at)]
    rewrite(medium, first, Buffer.concat(changed.map((part) => Buffer.from(part))))
    expect(await repair(medium), `byte ${at}`).toMatchObject({ isWhole: true })
    expect(medium.file(first).bytes.equals(content), `byte ${at}`).toBe(true)
    expect(await served((await simStorage(boot(medium)).openWriter('opens')).writer)).toEqual({
      commits: all,
      lost: [],
    })
  }
})

test('every flipped bit and the lost line feed of a manifest are restored', async () => {
  const whole = await closedLog()
  const path = '/store/manifest.json'
  const content = Buffer.from(whole.file(path).bytes)
  for (let byte = 0; byte < content.length; byte++) {
    const medium = whole.copy()
    medium.file(path).rot(byte, byte % 8)
    expect(await repair(medium), `byte ${byte}`).toMatchObject({ manifest: 'corrected', isWhole: true })
    expect(medium.file(path).bytes.equals(content)).toBe(true)
  }
  const medium = whole.copy()
  rewrite(medium, path, content.subarray(0, -1))
  expect(await repair(medium)).toMatchObject({ manifest: 'corrected' })
  expect(medium.file(path).bytes.equals(content)).toBe(true)
})

test('a manifest that is gone is rebuilt where the segments make one chain', async () => {
  const medium = await closedLog()
  await boot(medium).remove('/store/manifest.json')
  expect(await repair(medium)).toMatchObject({ manifest: 'rebuilt', isWhole: true })
  expect(await served((await simStorage(boot(medium)).openWriter('opens')).writer)).toEqual({ commits: all, lost: [] })
})

test('what cannot be mended in exactly one way stays as it is, and is reported; the rest is mended', async () => {
  const medium = await closedLog()
  const content = Buffer.from(medium.file(first).bytes)
  const lines = content.toString('latin1').split('\n')
  const changed = lines.with(3, (lines[3] ?? '').replace('"n"', '"mm"')).with(6, (lines[6] ?? '').replace('"b"', '"c"'))
  rewrite(medium, first, Buffer.from(changed.join('\n'), 'latin1'))
  const report = await repair(medium)
  expect(report).toMatchObject({
    isWhole: false,
    files: [{ isExact: false, mended: [{ lines: 1 }], left: [{ lines: 0 }] }],
  })
  expect(medium.file(first).bytes.toString('latin1')).toBe(changed.with(6, lines[6] ?? '').join('\n'))
  await expect(simStorage(boot(medium)).openWriter('opens')).rejects.toMatchObject({ code: 'CORRUPT' })
})

test('the last line of a log that was being written gets its line feed back, and the commit with it', async () => {
  const whole = await closedLog()
  const { writer } = await simStorage(boot(whole)).openWriter('killed')
  await append(writer, records.slice(0, 1))
  whole.kill()
  const medium = whole.copy()
  const path = '/store/log-00000002.jsonl'
  const content = Buffer.from(medium.file(path).bytes)
  rewrite(medium, path, content.subarray(0, -1))
  expect(await repair(medium)).toMatchObject({
    damagedLines: 0,
    isWhole: true,
    files: [{ file: 'log-00000002.jsonl' }],
  })
  expect(medium.file(path).bytes.equals(content)).toBe(true)
})

test('a dry run changes nothing, and says what a repair then does', async () => {
  const medium = await closedLog()
  medium.file(first).rot(400, 3)
  const before = medium.contents()
  const told = await repair(medium, true)
  expect(told).toMatchObject({ dryRun: true, isWhole: true, files: [{ mended: [{ lines: 1 }], isExact: true }] })
  expect(medium.contents()).toEqual(before)
  const done = await repair(medium)
  expect(done.files.map(({ keptIn: _, ...file }) => file)).toEqual(told.files)
  expect(await repair(medium, true)).toMatchObject({ damagedLines: 0, files: [], leftovers: [] })
})

test('what a repair says that it has mended survives a power cut, the manifest too', async () => {
  for (const path of [first, '/store/manifest.json']) {
    const whole = await closedLog()
    const content = Buffer.from(whole.file(path).bytes)
    whole.file(path).rot(50, 5)
    const damaged = whole.copy()
    await repair(damaged)
    for (let seed = 1; seed <= 8; seed++) {
      const left = damaged.afterPowerCut(seededPick(seed))
      expect(left.file(path).bytes.equals(content), `${path}, seed ${seed}`).toBe(true)
      expect([...left.files().keys()].filter((file) => file.includes('/quarantine/')).length).toBeGreaterThan(2)
    }
  }
})

test('a file that was being written is whole when its lines are, and its end is as a crash leaves it', async () => {
  const killed = await killedLog()
  const lines = linesOf(killed)
  const flipped = (lines[3] ?? '').replace('type', 'type'.replace('t', 'u'))
  const report = await repair(withLines(killed, lines.with(3, flipped)))
  expect(report).toMatchObject({
    isWhole: true,
    files: [{ isExact: false, mended: [{ byte: byteOf(lines, 3) }], left: [] }],
  })
})

test('a crash at any step of a repair, and a power cut, leave the damaged file or the mended one, and never less', async () => {
  const whole = await closedLog()
  const content = Buffer.from(whole.file(first).bytes)
  whole.file(first).rot(500, 5)
  const damaged = Buffer.from(whole.file(first).bytes)
  let counted = 0
  for (let seed = 1; seed <= 4; seed++) {
    for (let at = 1, died = true; died; at++, counted++) {
      const medium = whole.copy()
      const until = medium.steps + at
      died = false
      medium.onStep = ({ step }) => {
        if (step !== until) return undefined
        died = true
        medium.kill()
        throw new Died('killed')
      }
      await repair(medium).catch((error: unknown) => {
        if (!died) throw error
      })
      const left = medium.afterPowerCut(seededPick(seed * 100 + at))
      const found = left.file(first).bytes
      expect(found.equals(content) || (died && found.equals(damaged)), `seed ${seed}, step ${at}`).toBe(true)
      const kept = [...left.files()]
        .filter(([path]) => /\/quarantine\/.*jsonl$/.test(path))
        .map(([, { bytes }]) => bytes)
      if (found.equals(content))
        expect(
          kept.some((bytes) => bytes.equals(damaged)),
          `kept, seed ${seed}, step ${at}`,
        ).toBe(true)
      expect(await repair(left)).toMatchObject({ isWhole: true })
      expect(left.file(first).bytes.equals(content)).toBe(true)
    }
  }
  expect(counted).toBeGreaterThan(40)
})
