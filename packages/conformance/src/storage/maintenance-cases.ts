import assert from 'node:assert/strict'
import { hasCode, type LogWriter } from '@stateward/contract'
import { refused } from '../codes.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, fetched, linesFrom, type Row } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))
/** More than anybody writes within a few milliseconds. */
const rows = Array.from(
  { length: 1_500 },
  (_, n): Row => [1 + Math.floor(n / 75), lineOf(`row ${n} ${'x'.repeat(500)}`)],
)

/** How work that may take long treats everybody else. */
export const maintenanceCases: readonly StorageCase[] = [
  storageCase('a base breathes between portions of the work, and does nothing meanwhile', async (trial) => {
    const writer = await filled(trial)
    let breaths = 0
    let isBreathing = false
    const breathe = async (): Promise<void> => {
      breaths++
      isBreathing = true
      await new Promise((resolve) => setImmediate(resolve))
      isBreathing = false
    }
    async function* watched() {
      for await (const chunk of chunked(rows)) {
        assert(!isBreathing, 'a base takes no rows while it breathes')
        yield chunk
      }
    }
    const ptrs = await writer.saveBase(20, watched(), { breathe })
    assert(breaths > 1, `a base of ${rows.length} rows breathes, found ${breaths} breaths`)
    assert.equal(ptrs.length, rows.length)
  }),

  storageCase('a base that is aborted while it breathes ends there', async (trial) => {
    const writer = await filled(trial)
    const abort = trial.abortable()
    let breaths = 0
    let taken = 0
    const breathe = async (): Promise<void> => {
      if (++breaths === 2) abort.abort()
    }
    async function* counted() {
      for await (const chunk of chunked(rows)) {
        taken++
        yield chunk
      }
    }
    const saving = writer.saveBase(20, counted(), { signal: abort.signal, breathe })
    await refused('ABORTED', 'a base that is aborted while it breathes', saving)
    assert(taken < rows.length / 100, 'an aborted base does not go on to the end of its rows')
    assert.equal(await baseBack(writer), undefined)
    await writer.saveBase(20, chunked(rows))
    assert.equal((await baseBack(writer))?.rows.length, rows.length)
  }),

  storageCase('a truncation that is aborted is ABORTED and has not been, or it has been whole', async (trial) => {
    for (const abortAt of [0, 1, 2]) {
      const writer = await trial.writer()
      const { lastSeq } = await writer.stats()
      const { ptrs } = await trial.append(writer, lastSeq, commits)
      const upTo = lastSeq + 12
      const rowPtrs = await writer.saveBase(upTo, chunked([[upTo, lineOf('row')]]))
      const { firstSeq: before } = await writer.stats()
      const abort = trial.abortable()
      if (abortAt === 0) abort.abort()
      let breaths = 0
      const breathe = async (): Promise<void> => {
        if (++breaths === abortAt) abort.abort()
      }
      const outcome = await writer.truncate(upTo, { signal: abort.signal, breathe }).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      if (outcome !== undefined) {
        assert(hasCode(outcome.error, 'ABORTED'), `an aborted truncation is ABORTED, found ${outcome.error}`)
        assert.equal((await writer.stats()).firstSeq, before, 'what was ABORTED has let go of nothing')
        assert.deepEqual(await fetched(writer, ptrs), commits, 'what was ABORTED has killed no pointer')
      }
      await assertBehind(writer, upTo)
      assert.deepEqual(await fetched(writer, rowPtrs), [lineOf('row')])
      await writer.close()
    }
  }),
]

/** What a truncation never takes. */
async function assertBehind(writer: LogWriter, upTo: number): Promise<void> {
  assert.deepEqual(await linesFrom(writer, upTo + 1), commits.slice(12))
}

async function filled(trial: Trial): Promise<LogWriter> {
  const writer = await trial.writer()
  await trial.append(writer, 0, commits)
  return writer
}
