import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '@stateward/core'
import { expect, test } from 'vitest'
import { openState } from '../src/open-state.ts'
import { answerOf, freshStore } from './run-stateward.ts'

test('the command copies a store, then what is new, and the copy is a store', async () => {
  const { folder, sw } = await freshStore()
  await sw('create', 'plan', 'name=First')
  const said = await sw('backup', 'copy')
  expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/^copied all of it to copy: .* up to seq 1\n$/) })
  await sw('create', 'plan', 'name=Second')
  const second = await answerOf<{ lastSeq: number; full: boolean }>(sw('backup', 'copy', '--json'))
  expect(second).toMatchObject({ lastSeq: 2, full: false })
  const plans = await sw('--dir', join(folder, 'copy'), 'list', 'plan', '--json')
  expect(plans.json()).toHaveLength(2)
  expect(plans.json()).toEqual((await sw('list', 'plan', '--json')).json())
  mkdirSync(join(folder, 'mine'))
  writeFileSync(join(folder, 'mine', 'letters.txt'), 'Dear')
  expect(await sw('backup', 'mine')).toMatchObject({ code: 1, err: expect.stringContaining('INVALID') })
  expect(readdirSync(join(folder, 'mine'))).toEqual(['letters.txt'])
})

test('a backup is taken while writes go on, and holds every one that was acknowledged before', async () => {
  const { folder } = await freshStore()
  const to = join(folder, 'copy')
  await using state = await openState(join(folder, 'live'), { compaction: false })
  const names: string[] = []
  const writing = (async () => {
    for (let n = 0; n < 60; n++) {
      await state.plan.create({ name: `plan ${n}` })
      names.push(`plan ${n}`)
    }
  })()
  for (let round = 0; round < 3; round++) {
    const acknowledged = names.length
    const { lastSeq } = await state.backup(to)
    expect(lastSeq).toBeGreaterThanOrEqual(acknowledged)
    if (round === 1) await state.compact()
  }
  await writing
  const { lastSeq, full } = await state.backup(to)
  expect([lastSeq, full]).toEqual([60, false])
  await using copy = await openState(to, { compaction: false })
  expect((await copy.plan.all()).map(({ name }) => name).sort()).toEqual([...names].sort())
  expect((await copy.verify()).ok).toBe(true)
  await expect(state.backup(to)).rejects.toSatisfy((error) => hasCode(error, 'LOCKED'))
  await expect(state.backup('')).rejects.toSatisfy((error) => hasCode(error, 'INVALID'))
})
