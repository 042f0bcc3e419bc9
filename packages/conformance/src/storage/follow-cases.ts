import assert from 'node:assert/strict'
import { Follower } from './follower.ts'
import { lineOf } from './lines.ts'
import { type StorageCase, storageCase } from './trial.ts'

const lines = Array.from({ length: 60 }, (_, n) => lineOf(`commit ${n + 1}`))

/** What `follow` promises: first what is there, then what comes, nothing skipped, nothing repeated. */
export const followCases: readonly StorageCase[] = [
  storageCase('follow gives what is there and then what comes, without skipping or repeating', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, lines.slice(0, 10))
    const follower = new Follower(trial, writer, 1)
    await follower.reached(10)
    for (let seq = 10; seq < lines.length; seq += 5) {
      await trial.append(writer, seq, lines.slice(seq, seq + 5))
      if (seq % 2 === 0) await follower.reached(seq + 5)
    }
    await follower.reached(lines.length)
    await follower.stop()
    assert.deepEqual(follower.found.lines, lines)
  }),

  storageCase('follow that begins while appends are under way misses none of them', async (trial) => {
    const writer = await trial.writer()
    const appends: Promise<unknown>[] = []
    const followers: Follower[] = []
    for (let seq = 0; seq < lines.length; seq += 3) {
      appends.push(trial.append(writer, seq, lines.slice(seq, seq + 3)))
      if (seq % 12 === 0) followers.push(new Follower(trial, writer, 1))
      if (seq % 15 === 0) await appends.at(-1)
    }
    await Promise.all(appends)
    for (const follower of followers) {
      await follower.reached(lines.length)
      await follower.stop()
      assert.deepEqual(follower.found.lines, lines)
    }
  }),

  storageCase('follow from behind the tail waits for that commit', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, lines.slice(0, 2))
    const next = new Follower(trial, writer, 3)
    const later = new Follower(trial, writer, 5)
    await trial.append(writer, 2, lines.slice(2, 4))
    await next.reached(4)
    await trial.append(writer, 4, lines.slice(4, 6))
    await Promise.all([next.reached(6), later.reached(6)])
    await Promise.all([next.stop(), later.stop()])
    assert.deepEqual(next.found.lines, lines.slice(2, 6))
    assert.deepEqual(later.found.lines, lines.slice(4, 6))
  }),

  storageCase('several followers each get everything, however slow one of them is', async (trial) => {
    const writer = await trial.writer()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await trial.append(writer, 0, lines.slice(0, 20))
    const quick = [1, 11, 21].map((from) => new Follower(trial, writer, from))
    const slow = new Follower(trial, writer, 1, () => held)
    for (let seq = 20; seq < lines.length; seq += 10) await trial.append(writer, seq, lines.slice(seq, seq + 10))
    await Promise.all(quick.map((follower) => follower.reached(lines.length)))
    release()
    await slow.reached(lines.length)
    await Promise.all([...quick, slow].map((follower) => follower.stop()))
    assert.deepEqual(
      [...quick, slow].map((follower) => follower.found.lines),
      [lines, lines.slice(10), lines.slice(20), lines],
    )
  }),

  storageCase('a reader follows what a writer appends', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, lines.slice(0, 5))
    const follower = new Follower(trial, await trial.reader(), 1)
    await follower.reached(5)
    await trial.append(writer, 5, lines.slice(5))
    await follower.reached(lines.length)
    await follower.stop()
    assert.deepEqual(follower.found.lines, lines)
  }),

  storageCase('follow ends when its signal aborts, at once when it had aborted before', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, lines.slice(0, 5))
    const waiting = new Follower(trial, writer, 6)
    await waiting.stop()
    assert.deepEqual(waiting.found.lines, [])
    for await (const batch of writer.follow(1, AbortSignal.abort())) {
      assert.fail(`a signal that had aborted ends follow, found commit ${batch.firstSeq}`)
    }
  }),

  storageCase('a follower that goes away disturbs nobody', async (trial) => {
    const writer = await trial.writer()
    await trial.append(writer, 0, lines.slice(0, 5))
    const staying = new Follower(trial, writer, 1)
    for await (const batch of writer.follow(1, trial.abortable().signal)) {
      assert.equal(batch.firstSeq, 1)
      break
    }
    await trial.append(writer, 5, lines.slice(5))
    await staying.reached(lines.length)
    await staying.stop()
    assert.deepEqual(staying.found.lines, lines)
  }),
]
