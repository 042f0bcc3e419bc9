import { boot, SimMedium } from '@stateward/conformance'
import { StatewardError } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCacheFile } from '../../src/caches/cache-file.ts'
import { fullError, noRoomForBase, stillFullError, unknownError } from '../../src/environment/append-errors.ts'
import { append, recordOf } from '../records.ts'
import { linesOf, openingRefused, withLines } from './edited.ts'
import { closedLog, first, rewrite, served } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

/** What an opening says of a log of twelve commits of which these lines, counted from 1, have a flipped bit. */
async function saidOf(...lines: number[]): Promise<string> {
  const medium = await closedLog()
  const file = medium.file(first)
  const texts = file.bytes.toString().split(/(?<=\n)/)
  for (const line of lines) file.rot(texts.slice(0, line - 1).join('').length + 12, 1)
  const refusal: unknown = await simStorage(boot(medium))
    .openWriter('opens')
    .catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'CORRUPT', details: { damagedLines: lines.length } })
  return refusal instanceof Error ? refusal.message : ''
}

test('a refusal says which commits are lost, each range of them once, and how much behind the damage holds', async () => {
  // Line 1 is the header, the last one the closing line.
  expect(await saidOf(6)).toContain('Lost are the commits 5; 8 lines behind the damage hold.')
  expect(await saidOf(4, 5, 8)).toContain('Lost are the commits 3 to 4, 7; 8 lines behind the damage hold.')
  expect(await saidOf(12, 13)).toContain('Lost are the commits 11 to 12; 1 line behind the damage holds.')
  expect(await saidOf(2, 4, 6, 8, 10, 12)).toContain('Lost are the commits 1, 3, 5, 7, 9 and 1 more ranges;')
  expect(await saidOf(1)).toContain('No commit is known to be lost; 13 lines behind the damage hold.')
})

test('whichever lines have a flipped bit or are gone, the commits that are said to be lost are those', async () => {
  const closed = await closedLog()
  const [header = '', ...lines] = linesOf(closed)
  const fates = fc.array(fc.constantFrom('kept', 'kept', 'flipped', 'gone'), { minLength: 12, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fates, async (fates) => {
      fc.pre(fates.some((fate) => fate !== 'kept'))
      const left = lines.flatMap((line, at) =>
        fates[at] === 'gone' ? [] : [fates[at] === 'flipped' ? line.replace('type', 'tyqe') : line],
      )
      const { lost, message } = await openingRefused(withLines(closed, [header, ...left]))
      const said = (lost as { from: number; to: number }[]).flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, at) => from + at),
      )
      expect(said).toEqual(fates.flatMap((fate, at) => (fate === 'kept' ? [] : [at + 1])))
      // The closing line holds where the commit before it does.
      const from = fates.findIndex((fate) => fate !== 'kept')
      const behind = fates.filter((fate, at) => at > from && fate === 'kept').length
      const closing = fates[11] === 'gone' ? [behind, behind + 1] : [behind + 1]
      expect(closing).toContain(Number(/ (\d+) lines? behind/.exec(message)?.[1]))
    }),
    { numRuns: 100 },
  )
})

test('a line that is gone before the last one of a segment that is complete is the only one that is lost', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { segmentBytes: 4_096 }).openWriter('rotates')
  for (let seq = 1; seq <= 60; seq++) await append(writer, [recordOf(seq, 100)])
  await writer.close()
  const lines = linesOf(medium)
  const last = lines.length - 1
  expect(JSON.parse(lines[last] ?? '')).toMatchObject({ seq: last })
  const { lost, damage } = await openingRefused(withLines(medium.copy(), lines.toSpliced(last - 1, 1)))
  expect(lost).toEqual([{ from: last - 1, to: last - 1 }])
  expect(damage).toMatchObject([{ line: last, reason: `expected seq ${last - 1}, found ${last}` }])
})

test('an append that failed says what the disk said, and what to do', () => {
  const cause = new Error('EIO: i/o error')
  expect(unknownError(4, cause).message).toMatch(
    /^commits from seq 4 on: the disk failed .*\(EIO: i\/o error\), they may or may not be in the log/,
  )
  expect(unknownError(4, 'no error').message).toContain('the disk failed while they were written (no error), they may')
  expect(unknownError(4, new StatewardError('FENCED', 'by another')).message).toContain('the store was taken over')
  expect(unknownError(4, cause)).toMatchObject({ code: 'UNKNOWN', cause, details: { firstSeq: 4 } })
  const full = fullError(cause)
  expect(full.message).toContain('EIO: i/o error. Nothing of it is in the log')
  expect(fullError('short').message).toContain('short')
  expect(stillFullError(full)).toMatchObject({ code: 'FULL', cause })
  expect(stillFullError(full).message).toMatch(/Nothing of it is in the log.*they resume by themselves/)
  expect(noRoomForBase(12, 3)).toMatchObject({ code: 'FULL', details: { neededBytes: 12, freeBytes: 3 } })
})

test('a directory under the name of a cache is none', async () => {
  const medium = await closedLog()
  const disk = boot(medium)
  const file = await disk.open(first, 'read')
  const directory = Object.assign(file, {
    stat: async () => ({ kind: 'directory' as const, bytes: 4_096, inode: '1' }),
  })
  expect(await readCacheFile(directory, 'state')).toBe('it is a directory')
})

test('a segment that continues another history of the same log is damage, however well it reads', async () => {
  const begun = new SimMedium()
  await append((await simStorage(boot(begun)).openWriter('begins')).writer, [recordOf(1), recordOf(2)])
  begun.kill()
  /** Two openings, and what the second one writes to. */
  const history = async (name: string): Promise<{ medium: SimMedium; path: string }> => {
    const medium = begun.copy()
    const { writer } = await simStorage(boot(medium)).openWriter('goes on')
    await append(writer, [recordOf(name)])
    await writer.close()
    await append((await simStorage(boot(medium)).openWriter('again')).writer, [recordOf('same')])
    medium.kill()
    const path = [...medium.files().keys()].filter((file) => file.startsWith('/store/log-')).sort()
    return { medium: medium.copy(), path: path.at(-1) ?? '' }
  }
  const [one, other] = [await history('a'), await history('b')]
  expect(one.path).toBe(other.path)
  rewrite(one.medium, one.path, other.medium.file(other.path).bytes)
  await expect(simStorage(boot(one.medium)).openWriter('opens')).rejects.toMatchObject({
    code: 'CORRUPT',
    message: expect.stringContaining('its header follows another segment'),
  })
  const { recovery } = await simStorage(boot(other.medium)).openWriter('opens')
  expect(recovery.lastSeq).toBe(4)
})

test('commits that the manifest proves stay where they are when the closing line is gone', async () => {
  const medium = await closedLog()
  const lines = medium
    .file(first)
    .bytes.toString()
    .split(/(?<=\n)/)
  const commits = Buffer.from(lines.slice(0, -1).join(''))
  rewrite(medium, first, commits)
  const { writer, recovery } = await simStorage(boot(medium)).openWriter('opens')
  expect(recovery).toMatchObject({ lastSeq: 12, quarantined: [] })
  expect(medium.file(first).bytes.equals(commits)).toBe(true)
  expect((await served(writer)).commits.size).toBe(12)
  await writer.close()
})
