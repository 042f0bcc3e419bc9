import { boot, Died, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

/** Losses that the crash rig has found, each in the fewest steps that show it. */

test('a directory that a dead process made is durable before anything in it is acknowledged', async () => {
  const medium = new SimMedium()
  medium.onStep = ({ operation }) => {
    if (operation !== 'syncDirectory') return undefined
    medium.kill()
    throw new Died('killed between making the directory and its sync')
  }
  await expect(simStorage(boot(medium)).openWriter('dies')).rejects.toThrow()
  medium.onStep = () => undefined
  const { writer } = await simStorage(boot(medium)).openWriter('next')
  await append(writer, [recordOf('kept')])
  const after = await simStorage(boot(medium.afterPowerCut(() => 0))).openWriter('after')
  expect(await readAll(after.writer)).toEqual([textOf(recordOf('kept'))])
})

test('commits that a base covers and nothing proves are written again from the first that is there', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('dies')
  const records = [1, 2, 3].map((name) => recordOf(name))
  await append(writer, records)
  const rows = async function* () {
    yield { seqs: [3], records: records.slice(2) }
  }
  await writer.saveBase(3, rows())
  await writer.truncate(2)
  const next = await simStorage(boot(medium)).openWriter('next')
  expect(next.recovery).toMatchObject({ lastSeq: 3, quarantined: [] })
  expect(await readAll(next.writer)).toEqual(records.map(textOf))
  expect(await next.writer.verify()).toMatchObject({ ok: true })
})
