import { boot, SimClock, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import type { Retention } from '../../src/index.ts'
import { append } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const dayMs = 86_400_000

interface Step {
  readonly commits: number
  readonly days?: number
}

/** Writes so many commits of 230 bytes before each compaction. Resolves with the commits in each file of the archive, after each. */
async function archives(steps: readonly Step[], segmentBytes: number, retention: Retention = 'all'): Promise<string[]> {
  const medium = new SimMedium()
  const clock = new SimClock()
  const storage = simStorage(boot(medium), { segmentBytes, retention, clock, timers: clock })
  const { writer } = await storage.openWriter('writes')
  const found: string[] = []
  let seq = 0
  for (const { commits, days = 0 } of steps) {
    clock.pass(days * dayMs)
    const timestamp = new Date(clock.now()).toISOString()
    const record = { type: 'note', timestamp, data: { id: 'n', text: 'x'.repeat(100) }, rev: 1 }
    for (let left = commits; left > 0; left--, seq++) await append(writer, [Buffer.from(JSON.stringify(record))])
    await writer.saveBase(seq, (async function* () {})())
    await writer.truncate(seq)
    const { data } = JSON.parse(medium.file('/store/manifest.json').bytes.toString())
    const entries: readonly { kind: string; firstSeq: number; lastSeq: number }[] = data.segments
    found.push(
      entries
        .filter(({ kind }) => kind === 'archive')
        .map(({ firstSeq, lastSeq }) => `${firstSeq}-${lastSeq}`)
        .join(' '),
    )
  }
  await writer.close()
  return found
}

const of = (...commits: readonly number[]): Step[] => commits.map((count) => ({ commits: count }))

test('what is archived is packed again when as much comes behind it, and not before', async () => {
  expect(await archives(of(16, 4, 6, 8, 20), 1_048_576)).toEqual([
    '1-16',
    '1-16 17-20',
    '1-16 17-26',
    '1-16 17-26 27-34',
    '1-54',
  ])
})

test('no file of the archive grows by that beyond the bytes of a segment', async () => {
  expect(await archives(of(7, 8, 3, 4), 4_096)).toEqual(['1-7', '1-15', '1-15 16-18', '1-15 16-22'])
  expect(await archives(of(9, 10), 4_096)).toEqual(['1-9', '1-9 10-19'])
})

test('what is of another eighth of the days that are kept stays apart, and goes when all of it is old', async () => {
  const steps = [{ commits: 4 }, { commits: 5, days: 1 }, { commits: 10, days: 0.1 }, { commits: 7, days: 7.5 }]
  expect(await archives(steps, 1_048_576, { days: 4 })).toEqual(['1-4', '1-4 5-9', '1-4 5-19', '20-26'])
  expect(await archives(steps, 1_048_576, { days: 40 })).toEqual(['1-4', '1-9', '1-19', '1-19 20-26'])
})
