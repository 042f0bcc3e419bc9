import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { answerOf, freshStore } from './run-stateward.ts'

test('an export is restored into another store as one commit; into its own, what has changed is refused or replaced', async () => {
  const { folder, sw } = await freshStore()
  const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
  const spec = await answerOf<StoredRecord>(sw('create', 'spec', 'name=S', `plan_id=${plan.id}`, '--json'))
  await sw('update', 'spec', spec.id, 'status=pending')
  await sw('export', 'state.jsonl')
  const file = join(folder, 'state.jsonl')

  const other = await freshStore()
  const dry = await other.sw('restore', file, '--dry-run')
  expect(dry.out).toContain('dry run: 2 changes in 1 commit')
  expect((await other.sw('restore', file, '--actor', 'ada')).out).toBe(
    `restored 2 records from ${file}: 2 created, 0 replaced, 0 unchanged; as of seq 1\n`,
  )
  expect(await answerOf(other.sw('get', 'spec', spec.id, '--json'))).toMatchObject({ status: 'pending', rev: 1 })
  expect((await other.sw('tail', '-n', '2')).out).toContain('by ada')

  await sw('update', 'plan', plan.id, 'name=Q')
  const refused = await sw('restore', 'state.jsonl')
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('ALREADY_EXISTS') })
  expect(await answerOf(sw('restore', 'state.jsonl', '--replace', '--json'))).toEqual({
    seq: 5,
    created: 0,
    replaced: 1,
    unchanged: 1,
  })
  expect(await answerOf(sw('get', 'plan', plan.id, '--json'))).toMatchObject({ name: 'P', rev: 3 })
})

test('what is no export, or not whole, leaves the store as it was', async () => {
  const { folder, sw } = await freshStore()
  await sw('create', 'plan', 'name=P')
  await sw('export', 'state.jsonl')
  const whole = readFileSync(join(folder, 'state.jsonl'), 'utf8')
  const cases: readonly [name: string, text: string, code: number, error: string][] = [
    ['cut.jsonl', whole.split('\n')[0] ?? '', 4, 'CORRUPT'],
    ['edited.jsonl', whole.replace('"P"', '"Q"'), 4, 'CORRUPT'],
    ['newer.jsonl', whole.replace('"format":1', '"format":7'), 1, 'UNSUPPORTED'],
    ['foreign.json', '{"plans":[]}', 1, 'INVALID'],
  ]
  for (const [name, text, code, error] of cases) {
    writeFileSync(join(folder, name), text)
    expect(await sw('restore', name, '--replace')).toMatchObject({ code, out: '', err: expect.stringContaining(error) })
  }
  expect(await sw('restore', 'none.jsonl')).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') })
  expect(await sw('restore', 'plan')).toMatchObject({ code: 2, err: expect.stringContaining('./plan') })
  expect(await sw('restore', 'plan', 'abcd', '--replace')).toMatchObject({ code: 2 })
  expect(await sw('restore', 'state.jsonl', '--txid', 'x')).toMatchObject({ code: 2 })
  expect(await answerOf(sw('stats', '--json'))).toMatchObject({ lastSeq: 1 })
})
