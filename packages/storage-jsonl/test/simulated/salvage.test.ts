import { boot, Died, type SimMedium, seededPick } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { acknowledgeSalvage, salvageLog } from '../../src/index.ts'
import { append } from '../records.ts'
import { closedLog, first, records, rewrite, served, stamp } from './salvage-fixture.ts'
import { modelOf, type Served } from './salvage-model.ts'
import { careOf, simStorage } from './sim-storage.ts'

test('salvage keeps every undamaged commit whose base is there, says what is lost, and nothing else', async () => {
  const whole = await closedLog()
  const lines = whole.file(first).bytes.toString().trimEnd().split('\n')
  // Line 2 is commit 1: before it stands the header.
  for (let seq = 1; seq <= records.length; seq++) {
    const medium = whole.copy()
    rewrite(medium, first, Buffer.from(`${lines.with(seq, `x${lines[seq]}`).join('\n')}\n`))
    const { writer, recovery } = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
    const expected = modelOf(records.map(String), new Set([seq]))
    expect(await served(writer), `commit ${seq}`).toEqual(expected)
    expect(
      recovery.lost?.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
    ).toEqual(expected.lost)
    expect((await writer.stats()).lost).toEqual(recovery.lost)
    expect(await writer.verify()).toMatchObject({ ok: true, commits: expected.commits.size, lost: recovery.lost })
    await append(writer, [Buffer.from(`{"type":"plan",${stamp},"data":{"id":"d"},"rev":1}`)])
    await writer.close()
    expect(medium.file('/store/quarantine/salvage-2.log-00000001.jsonl').bytes.toString()).toContain(`x${lines[seq]}`)
    const again = await simStorage(boot(medium)).openWriter('again')
    expect((await again.writer.stats()).lost).toEqual(recovery.lost)
    expect((await served(again.writer)).commits.size).toBe(expected.commits.size + 1)
    await again.writer.close()
    expect(await acknowledgeSalvage(careOf(boot(medium)))).toEqual(recovery.lost)
    expect(await salvageLog(careOf(boot(medium)))).toMatchObject({ files: [], lost: [] })
    const reader = await simStorage(boot(medium)).openReader()
    expect((await reader.stats()).lost).toBeUndefined()
    expect((await served(reader)).lost).toEqual(expected.lost)
  }
})

/** What is left of the log when its file has this content: a commit is damaged when its line is nowhere in it as it was. */
function leftOf(content: Buffer, whole: readonly string[]): Served {
  const lines = new Set(content.toString('latin1').split('\n'))
  const damaged = records.map((_, at) => at + 1).filter((seq) => !lines.has(whole[seq] ?? ''))
  return modelOf(records.map(String), new Set(damaged))
}

/** Opens a damaged medium under each policy and compares with the model. Resolves with whether it was damaged at all. */
async function comparePolicies(
  medium: SimMedium,
  { expected, readable, context }: { expected: Served; readable: number; context: string },
): Promise<boolean> {
  const refusing = medium.copy()
  const opened = await simStorage(boot(refusing))
    .openWriter('refuses')
    .catch((error: unknown) => error)
  if (!hasCode(opened, 'CORRUPT')) return false
  const readonly = medium.copy()
  const before = readonly.contents()
  const { writer, recovery } = await simStorage(boot(readonly), { recovery: 'readonly' }).openWriter('reads')
  const { commits, lost } = await served(writer)
  const prefix = [...commits.values()]
  expect(prefix, context).toEqual(records.map(String).slice(0, prefix.length))
  expect({ lost, length: prefix.length }, context).toEqual({
    lost: [],
    length: readable,
  })
  expect(recovery).toMatchObject({ lastSeq: prefix.length, damage: opened.details.damage })
  expect(await writer.stats()).toMatchObject({ health: 'readonly', lastSeq: prefix.length })
  await expect(append(writer, [Buffer.from('{}')])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await writer.close()
  expect(readonly.contents(), `${context}: nothing is written`).toEqual(before)
  const salvaging = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
  expect(await served(salvaging.writer), context).toEqual(expected)
  expect(await salvaging.writer.verify(), context).toMatchObject({ ok: true })
  await salvaging.writer.close()
  return true
}

rig('salvage', async ({ each }) => {
  const whole = await closedLog()
  const content = Buffer.from(whole.file(first).bytes)
  const lines = content.toString('latin1').split('\n')
  return each(async (seed) => {
    // A step that shares no factor with the number of bits comes to each of them once.
    const bit = (seed * 7919) % (content.length * 8)
    const medium = whole.copy()
    medium.file(first).rot(bit >> 3, bit & 7)
    const changed = Buffer.from(medium.file(first).bytes)
    const bad = changed
      .toString('latin1')
      .split('\n')
      .findIndex((line, at) => line !== lines[at])
    // Before the first commit stands the header.
    const readable = Math.min(Math.max(0, bad - 1), records.length)
    const expected = leftOf(changed, lines)
    expect(await comparePolicies(medium, { expected, readable, context: `bit ${bit}` })).toBe(
      bit >> 3 < content.length - 1,
    )
    return 1
  })
})

test('whatever line is dropped, doubled or swapped, salvage keeps every line that holds, in its order', async () => {
  const whole = await closedLog()
  const lines = whole.file(first).bytes.toString('latin1').trimEnd().split('\n')
  for (const [at, line] of lines.entries()) {
    const changes = [
      lines.toSpliced(at, 1),
      lines.toSpliced(at, 0, line),
      lines.toSpliced(at, 2, lines[at + 1] ?? '', line),
    ]
    for (const [kind, changed] of changes.entries()) {
      const content = Buffer.from(`${changed.join('\n')}\n`, 'latin1')
      const medium = whole.copy()
      rewrite(medium, first, content)
      const expected = leftOf(content, lines)
      const { writer } = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
      expect(await served(writer), `line ${at}, change ${kind}`).toEqual({
        commits: expected.commits,
        lost: expected.lost,
      })
    }
  }
})

/** Salvages and dies before a step; `undefined` when it was done before. */
async function dieAt(medium: SimMedium, at: number): Promise<true | undefined> {
  let died: true | undefined
  const until = medium.steps + at
  medium.onStep = ({ step }) => {
    if (step !== until) return undefined
    died = true
    medium.kill()
    throw new Died('killed')
  }
  await salvageLog(careOf(boot(medium))).catch((error: unknown) => {
    if (died === undefined) throw error
  })
  medium.onStep = () => undefined
  return died
}

rig('salvage-crash', async ({ each }) => {
  const damaged = await closedLog()
  damaged.file(first).rot(Buffer.from(damaged.file(first).bytes).indexOf('"id":"b"'), 1)
  const expected = modelOf(records.map(String), new Set([2]))
  return each(async (seed) => {
    for (let at = 1; ; at++) {
      const pick = seededPick(seed * 1_000 + at)
      const medium = damaged.copy()
      const died = await dieAt(medium, at)
      const cut = pick(3) === 0 ? medium.copy() : medium.afterPowerCut(pick)
      if (pick(2) === 0) await dieAt(cut, 1 + pick(30))
      const left = pick(3) === 0 ? cut.copy() : cut.afterPowerCut(pick)
      const found = await simStorage(boot(left.copy()))
        .openWriter('looks')
        .catch((error: unknown) => error)
      if (hasCode(found, 'CORRUPT')) {
        // Nothing of it was published: what was damaged is there, byte for byte, and can be salvaged.
        expect(left.file(first).bytes.equals(damaged.file(first).bytes), `seed ${seed}, step ${at}`).toBe(true)
      }
      await salvageLog(careOf(boot(left)))
      const { writer } = await simStorage(boot(left)).openWriter('opens')
      expect(await served(writer), `seed ${seed}, step ${at}`).toEqual(expected)
      expect((await writer.stats()).lost?.map(({ from, to }) => [from, to])).toEqual([
        [2, 2],
        [5, 6],
        [10, 10],
      ])
      expect(left.file('/store/quarantine/salvage-2.log-00000001.jsonl').bytes.equals(damaged.file(first).bytes)).toBe(
        true,
      )
      expect([...left.files().keys()].filter((name) => name.includes('.tmp'))).toEqual([])
      if (died === undefined) return at
    }
  })
})
