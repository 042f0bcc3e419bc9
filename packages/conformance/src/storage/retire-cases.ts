import assert from 'node:assert/strict'
import { hasCode, type LogWriter } from '@stateward/contract'
import { CaseSkipped } from '../case.ts'
import { refused } from '../codes.ts'
import { lineOf } from './lines.ts'
import { baseBack, chunked, fetched, linesFrom } from './read-back.ts'
import { type StorageCase, storageCase, type Trial } from './trial.ts'

const commits = Array.from({ length: 20 }, (_, n) => lineOf(`commit ${n + 1}`))
const more = Array.from({ length: 5 }, (_, n) => lineOf(`more ${n}`))

/** What `retire` promises, where a storage has it. */
export const retireCases: readonly StorageCase[] = [
  storageCase('a writer that has retired writes nothing any more, and reads as before', async (trial) => {
    const { writer, ptrs } = await filled(trial)
    const rowPtrs = await writer.saveBase(9, chunked([[9, lineOf('row')]]))
    await retire(writer)
    await refused('CLOSED', 'an append after retire', trial.append(writer, 20, more))
    await refused('CLOSED', 'a barrier after retire', trial.append(writer, 20, []))
    await refused('CLOSED', 'saveBase after retire', writer.saveBase(20, chunked([[20, lineOf('late')]])))
    await refused('CLOSED', 'truncate after retire', writer.truncate(9))
    assert.deepEqual(await linesFrom(writer, 1), commits)
    assert.deepEqual(await fetched(writer, [...ptrs, ...Array.from(rowPtrs)]), [...commits, lineOf('row')])
    assert.deepEqual((await baseBack(writer))?.rows, [[9, lineOf('row')]])
    assert.equal((await writer.stats()).lastSeq, 20)
    await retire(writer)
    await writer.close()
    await refused('CLOSED', 'stats after close', writer.stats())
  }),

  storageCase('what was appended before a writer retires settles, and what it answers is true', async (trial) => {
    const { writer } = await filled(trial)
    const appending = more.map((line, at) => trial.append(writer, 20 + at, [line]))
    const retiring = retire(writer)
    const outcomes = await Promise.allSettled(appending)
    await retiring
    const taken = more.filter((_, at) => outcomes[at]?.status === 'fulfilled')
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert(hasCode(outcome.reason, 'CLOSED'), `found ${outcome.reason}`)
    }
    assert.deepEqual(await linesFrom(writer, 21), taken)
    assert.deepEqual(await linesFrom(await trial.reader(), 21), taken)
  }),

  storageCase('beside a writer that has retired the next one writes, and both are read', async (trial) => {
    const { writer, ptrs } = await filled(trial)
    await retire(writer)
    const next = await trial.writer()
    assert(next.epoch > writer.epoch, 'the next writer has a higher epoch')
    await trial.append(next, 20, more)
    assert.deepEqual(await fetched(writer, ptrs), commits, 'the pointers of a retired writer hold')
    assert.deepEqual(await linesFrom(next, 1), [...commits, ...more])
    await refused(['CLOSED', 'FENCED'], 'an append by the retired writer', trial.append(writer, 25, more))
    await writer.close()
    await trial.append(next, 25, more)
    assert.deepEqual(
      await linesFrom(next, 21),
      [...more, ...more],
      'closing a retired writer takes nothing from the next',
    )
  }),
]

async function filled(trial: Trial) {
  const writer = await trial.writer()
  if (writer.retire === undefined) throw new CaseSkipped()
  const { ptrs } = await trial.append(writer, 0, commits)
  return { writer, ptrs }
}

async function retire(writer: LogWriter): Promise<void> {
  assert(writer.retire !== undefined, 'each writer of a storage can retire, or none')
  await writer.retire()
}
