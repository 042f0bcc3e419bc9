import type { Commit, StoredRecord, Version } from '@stateward/contract'
import { openState } from 'stateward'
import { describe, expect, test } from 'vitest'
import { answerOf, freshStore, Recorder, run } from './run-stateward.ts'

describe('history', () => {
  test('every version, by whom, also of a record that is deleted', async () => {
    const { sw } = await freshStore()
    const { id } = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    await sw('update', 'plan', id, 'name=Q', 'status=pending', '--actor', 'ada')
    await sw('delete', 'plan', id)
    await sw('create', 'plan', 'name=Other')
    const { out } = await sw('history', 'plan', id.slice(-8))
    const lines = out.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^rev {2}seq {2}time +by +what +change$/)
    expect(lines[1]).toMatch(/^ {2}1 {4}1 .*create {2}P {2}status=draft$/)
    expect(lines[2]).toMatch(/^ {2}2 {4}2 .* ada {2}update {2}name: P → Q {2}status: draft → pending$/)
    expect(lines[3]).toMatch(/^ {2}3 {4}3 .*delete$/)
    await sw('restore', 'plan', id)
    expect((await sw('history', 'plan', id)).out).toMatch(/\n {2}4 {4}5 .*restore {2}Q {2}status=pending\n$/)
    const versions = (await sw('history', 'plan', id, '--json')).json() as Version[]
    expect(versions.map(({ seq, record }) => [seq, record?.name])).toEqual([
      [1, 'P'],
      [2, 'Q'],
      [3, undefined],
      [5, 'Q'],
    ])
  })

  test('an update that the log writes whole is told as what changed', async () => {
    const { sw } = await freshStore()
    const { id } = await answerOf<StoredRecord>(sw('create', 'plan', 'name=0', '--json'))
    for (let at = 1; at <= 10; at++) await sw('update', 'plan', id, `name=${at}`)
    const { out } = await sw('history', 'plan', id)
    for (let at = 1; at <= 10; at++) expect(out).toContain(`update  name: ${at - 1} → ${at}\n`)
    const versions = (await sw('history', 'plan', id, '--json')).json() as Version[]
    expect(versions.filter(({ change }) => change.op === 'put')).toHaveLength(2)
  })
})

describe('tail', () => {
  test('the newest commits, so many as asked', async () => {
    const { sw } = await freshStore()
    for (let at = 1; at <= 12; at++) await sw('create', 'plan', `name=N${at}`)
    expect((await sw('tail')).out.trimEnd().split('\n')).toHaveLength(10)
    expect((await sw('tail', '-n', '2')).out).toMatch(/^ {5}11 .*N11 .*\n {5}12 .*N12 .*\n$/)
    expect((await sw('tail', '-n', '0')).out).toBe('')
    const all = (await sw('tail', '--since', '1', '--json')).json() as Commit[]
    expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect((await sw('tail', '--since', '13')).out).toBe('')
  })

  test('an empty store has no commits', async () => {
    const { sw } = await freshStore()
    expect(await sw('tail')).toMatchObject({ code: 0, out: '', err: '' })
  })

  test('-f goes on with what another process writes, until it is interrupted', async () => {
    const { folder } = await freshStore()
    const state = await openState(`${folder}/.stateward`)
    await state.plan.create({ name: 'before' })
    const ctrlC = new AbortController()
    const stdout = new Recorder()
    const args = ['tail', '-f', '--since', '1', '--json']
    const tailing = run(folder, args, { interrupt: ctrlC.signal, stdout })
    await until(() => stdout.text.includes('before'))
    await state.plan.create({ name: 'meanwhile' })
    await until(() => stdout.text.includes('meanwhile'))
    ctrlC.abort()
    const { code, json } = await tailing
    expect(code).toBe(0)
    expect(json()).toMatchObject([{ seq: 1 }, { seq: 2, changes: [{ data: { name: 'meanwhile' } }] }])
    await state.close()
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate)
}
