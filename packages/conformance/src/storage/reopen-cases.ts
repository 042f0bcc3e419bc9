import assert from 'node:assert/strict'
import { Follower } from './follower.ts'
import { lineOf, trickyLines } from './lines.ts'
import { baseBack, chunked, fetched, linesFrom, type Row, readBack } from './read-back.ts'
import { type StorageCase, storageCase } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))
const rows: readonly Row[] = [
  [3, lineOf('row 3')],
  [12, lineOf('row 12')],
]

/** What a medium promises to whoever opens it next. */
export const reopenCases: readonly StorageCase[] = [
  storageCase('openWriter says what it found: a new log, a closed one, its last seq', async (trial) => {
    const first = await trial.storage.openWriter('first')
    const { created, lastSeq } = first.recovery
    assert.deepEqual({ created, lastSeq }, { created: true, lastSeq: 0 })
    assert.deepEqual(first.recovery.quarantined, [], 'a new log has nothing to take out')
    await trial.append(first.writer, 0, commits)
    await first.writer.close()
    const second = await trial.storage.openWriter('second')
    const { clean, quarantined } = second.recovery
    await second.writer.close()
    assert.equal(second.recovery.created, false, 'a log that was written to is not new')
    assert.deepEqual(
      { clean, lastSeq: second.recovery.lastSeq, quarantined },
      { clean: true, lastSeq: 20, quarantined: [] },
    )
  }),

  storageCase('what was acknowledged is there when the medium is opened again, and nothing else', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, trickyLines)
    await trial.append(writer, 500, commits).catch(() => undefined)
    await trial.append(writer, trickyLines.length, commits.slice(0, 3))
    const kept = [...trickyLines, ...commits.slice(0, 3)]
    const storage = await trial.reopened()
    assert.deepEqual(await linesFrom(await trial.reader(storage), 1), kept)
    const next = await trial.writer(storage)
    const { lines, ptrs } = await readBack(next, 1)
    assert.deepEqual(lines, kept)
    assert.deepEqual(await fetched(next, ptrs), kept)
    await trial.append(next, kept.length, commits)
    assert.deepEqual(await linesFrom(next, kept.length + 1), commits)
  }),

  storageCase('epochs go on growing when the medium is opened again', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits)
    const next = await trial.writer(await trial.reopened())
    assert(next.epoch > writer.epoch, `after epoch ${writer.epoch} comes a higher one, found ${next.epoch}`)
    assert.deepEqual((await readBack(next, 20)).epochs, [writer.epoch], 'a commit keeps the epoch of its writer')
  }),

  storageCase('bases and what truncate let go of are as they were when the medium is opened again', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits)
    await writer.saveBase(3, chunked(rows.slice(0, 1)))
    await writer.saveBase(12, chunked(rows))
    await writer.truncate(12)
    const { firstSeq } = await writer.stats()
    const next = await trial.writer(await trial.reopened())
    const base = await baseBack(next)
    assert.deepEqual([base?.upTo, base?.rows], [12, rows])
    assert.deepEqual(
      await fetched(next, base?.ptrs ?? []),
      rows.map(([, line]) => line),
    )
    assert.deepEqual(await linesFrom(next, 13), commits.slice(12))
    assert.equal((await next.stats()).firstSeq, firstSeq)
    assert.equal((await next.stats()).lastSeq, 20)
    assert((await next.verify()).ok, 'verify finds no damage')
  }),

  storageCase('a twin sees what was acknowledged while the writer is at work', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, commits.slice(0, 8))
    const reader = await trial.reader(await trial.twin())
    const follower = new Follower(trial, reader, 1)
    await follower.reached(8)
    for (let seq = 8; seq < commits.length; seq += 4) await trial.append(writer, seq, commits.slice(seq, seq + 4))
    await follower.reached(20)
    await follower.stop()
    assert.deepEqual(follower.found.lines, commits)
  }),
]
