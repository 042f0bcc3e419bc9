import { deepEqual, equal, rejects } from 'node:assert/strict'
import { boot, SimMedium, seededPick } from '@stateward/conformance'
import { append, readAll, recordOf, textOf } from '../../../storage-jsonl/test/records.ts'
import { assertRecovers, failAt } from '../../../storage-jsonl/test/simulated/crash-harness.ts'
import { simStorage } from '../../../storage-jsonl/test/simulated/sim-storage.ts'

/** Lets some calls of a workload fail, takes only a part of some writes, and lies about one. */
export async function faultLayer(): Promise<void> {
  await unknownStaysUnseen()
  await takesAPart()
  await leavesNoTornLine()
  await liesOfABase()
  for (const [index, code] of ['EIO', 'ENOSPC'].entries()) {
    for (let at = 1 + index; ; at += 11) {
      const trial = await failAt(at, code, { seed: 5, steps: 12 })
      await assertRecovers(trial, seededPick(at), 1)
      if (!trial.happened) break
    }
  }
}

async function opened() {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('faults')
  await append(writer, [recordOf(1)])
  return { medium, writer }
}

/** What was told as UNKNOWN is not served, and the writer takes nothing more. */
async function unknownStaysUnseen(): Promise<void> {
  const { medium, writer } = await opened()
  let failed = false
  medium.onStep = ({ operation }) => {
    if (operation !== 'datasync' || failed) return undefined
    failed = true
    return { fail: 'EIO' }
  }
  await rejects(append(writer, [recordOf(2)]), { code: 'UNKNOWN' })
  equal((await writer.stats()).lastSeq, 1)
  deepEqual(await readAll(writer), [textOf(recordOf(1))])
  await rejects(append(writer, [recordOf(3)]), { code: 'STORAGE_FAILED' })
}

async function takesAPart(): Promise<void> {
  const { medium, writer } = await opened()
  let left = 3
  medium.onStep = ({ operation }) => (operation === 'write' && left-- > 0 ? { short: 7 } : undefined)
  await append(writer, [recordOf(2)])
  medium.onStep = () => undefined
  await append(writer, [recordOf(3)])
  const { writer: next } = await simStorage(boot(medium)).openWriter('next')
  deepEqual(
    await readAll(next),
    [1, 2, 3].map((name) => textOf(recordOf(name))),
  )
}

/** A disk that takes a part and is full then. */
async function leavesNoTornLine(): Promise<void> {
  const { medium, writer } = await opened()
  const before = medium.contents()['/store/log-00000001.jsonl']
  let writes = 0
  medium.onStep = ({ operation }) => {
    if (operation !== 'write') return undefined
    return writes++ === 0 ? { short: 40 } : { fail: 'ENOSPC' }
  }
  await rejects(append(writer, [recordOf(2)]), { code: 'FULL' })
  equal(medium.contents()['/store/log-00000001.jsonl'], before)
}

async function liesOfABase(): Promise<void> {
  const { medium, writer } = await opened()
  medium.onStep = ({ operation, path }) =>
    operation === 'write' && path.includes('base-') ? { skip: true } : undefined
  const rows = async function* () {
    yield { seqs: [1], records: [recordOf('row')] }
  }
  await rejects(writer.saveBase(1, rows()), { code: 'CORRUPT' })
}
