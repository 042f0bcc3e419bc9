import assert from 'node:assert/strict'
import type { LogWriter, ScrubOptions, ScrubPortion } from '@stateward/contract'
import { CaseSkipped } from '../case.ts'
import { refused } from '../codes.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, linesFrom, type Row } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const commits = Array.from({ length: 200 }, (_, n) => lineOf(`commit ${n + 1}`))
const rows = Array.from(
  { length: 1_000 },
  (_, n): Row => [1 + Math.floor(n / 5), lineOf(`row ${n} ${'x'.repeat(500)}`)],
)

/** What `scrub` promises of a log that is sound, where a storage has it. Damage is for the storage's own tests. */
export const scrubCases: readonly StorageCase[] = [
  storageCase('a scrub reads each complete part once, finds nothing and changes nothing', async (trial) => {
    const writer = await filled(trial)
    const portions = await collected(scrub(writer))
    assert(portions.reduce((sum, { bytes }) => sum + bytes, 0) > 0, 'a log with a base has something to read again')
    assertSound(portions)
    assertEachOnce(portions)
    assert.deepEqual(new Set((await collected(scrub(writer))).map(({ file }) => file)), filesOf(portions))
    assert.deepEqual(await linesFrom(writer, 1), commits)
    assert.deepEqual((await baseBack(writer))?.rows, rows)
    assert.equal((await writer.stats()).lastSeq, 200)
  }),

  storageCase('a scrub goes on behind any portion of a former one, and comes to the same parts', async (trial) => {
    const writer = await filled(trial)
    const whole = await collected(scrub(writer))
    for (const at of [0, Math.floor(whole.length / 2), whole.length - 2]) {
      const begun = whole.slice(0, at + 1)
      const next = begun.at(-1)?.next
      if (next === undefined) continue
      // Plain data: it may have been written down in between.
      const rest = await collected(scrub(writer, { from: JSON.parse(JSON.stringify(next)) }))
      assertSound(rest)
      assert.deepEqual(filesOf([...begun, ...rest]), filesOf(whole), `all parts, going on behind portion ${at + 1}`)
      assertEachOnce([...begun, ...rest])
    }
    const strange = await collected(scrub(writer, { from: { none: 'of yours' } }))
    assert.deepEqual(filesOf(strange), filesOf(whole), 'a place that means nothing begins a pass like any other')
  }),

  storageCase('nothing is damage that a store does while it is scrubbed', async (trial) => {
    const writer = await filled(trial)
    const portions: ScrubPortion[] = []
    for await (const portion of scrub(writer)) {
      portions.push(portion)
      const { lastSeq } = await writer.stats()
      if (portions.length < 5) await trial.append(writer, lastSeq, commits.slice(0, 20))
      if (portions.length !== 2) continue
      await writer.saveBase(lastSeq, chunked([[lastSeq, lineOf('row')]]))
      await writer.truncate(lastSeq)
    }
    assertSound(portions)
    assertSound(await collected(scrub(writer)))
  }),

  storageCase('a scrub is ABORTED by its signal, and CLOSED by its writer', async (trial) => {
    const writer = await filled(trial)
    const abort = trial.abortable()
    const aborted = scrub(writer, { signal: abort.signal })[Symbol.asyncIterator]()
    await aborted.next()
    abort.abort()
    await refused('ABORTED', 'a scrub whose signal has aborted', aborted.next())
    await refused('ABORTED', 'a scrub that begins so', collected(scrub(writer, { signal: abort.signal })))
    const closed = scrub(writer)[Symbol.asyncIterator]()
    await closed.next()
    await writer.close()
    await refused('CLOSED', 'a scrub whose writer is closed', closed.next())
    await refused('CLOSED', 'scrub after close', collected(scrub(writer)))
  }),
]

async function filled(trial: Trial): Promise<LogWriter> {
  const writer = await trial.writer()
  if (writer.scrub === undefined) throw new CaseSkipped()
  await trial.append(writer, 0, commits)
  await writer.saveBase(200, chunked(rows))
  return writer
}

function scrub(writer: LogWriter, options?: ScrubOptions): AsyncIterable<ScrubPortion> {
  assert(writer.scrub !== undefined, 'each writer of a storage can scrub, or none')
  return writer.scrub(options)
}

async function collected(portions: AsyncIterable<ScrubPortion>): Promise<ScrubPortion[]> {
  const found: ScrubPortion[] = []
  for await (const portion of portions) found.push(portion)
  return found
}

function assertSound(portions: readonly ScrubPortion[]): void {
  for (const { file, damage, unread } of portions) {
    assert.deepEqual(damage, [], `${file} is as it was written`)
    assert.equal(unread, undefined, `${file} can be read`)
  }
}

function assertEachOnce(portions: readonly ScrubPortion[]): void {
  const ended = portions.filter(({ ends }) => ends).map(({ file }) => file)
  assert.equal(new Set(ended).size, ended.length, `a pass comes to the end of each part once, found ${ended}`)
  assert.deepEqual(new Set(ended), filesOf(portions), 'a pass comes to the end of each part that it begins')
}

const filesOf = (portions: readonly ScrubPortion[]): Set<string> => new Set(portions.map(({ file }) => file))
