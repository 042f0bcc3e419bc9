import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import type { ImportReport } from '../src/command/import-report.ts'
import { answerOf, freshStore, run } from './run-stateward.ts'

const id = (n: number): string => `01900000-0000-7000-8000-00000000000${n}`

describe('import of CSV', () => {
  test('a table becomes typed records, in whatever order they refer to each other; the same again changes nothing', async () => {
    const { folder, sw } = await freshStore()
    await sw('create', 'plan', `id=${id(1)}`, 'name=P')
    const rows = [
      'id,plan_id,name,description,dependencies,acceptance_criteria,status,rev',
      `${id(2)},${id(1)},Second,"two`,
      `lines, with ""quotes""",["${id(3)}"],"[""it holds""]",pending,4`.replace(`["${id(3)}"]`, `"[""${id(3)}""]"`),
      `${id(3)},${id(1)},007,,,,,`,
    ]
    writeFileSync(join(folder, 'specs.csv'), `\ufeff${rows.join('\r\n')}\r\n`)
    expect(await sw('import', 'specs.csv', '--type', 'spec')).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 created, 0 refused'),
    })
    expect(await answerOf<StoredRecord>(sw('get', 'spec', id(2), '--json'))).toMatchObject({
      description: 'two\r\nlines, with "quotes"',
      dependencies: [id(3)],
      acceptance_criteria: ['it holds'],
      status: 'pending',
      rev: 1,
    })
    expect(await answerOf<StoredRecord>(sw('get', 'spec', id(3), '--json'))).toMatchObject({
      name: '007',
      status: 'draft',
    })
    const again = await answerOf<ImportReport>(sw('import', 'specs.csv', '--type', 'spec', '--json'))
    expect(again).toMatchObject({ created: 0, unchanged: 2, refused: 0 })
  })

  test('rows that are refused are told by line, whoever refuses them, and leave the others alone', async () => {
    const { folder, sw } = await freshStore()
    await sw('create', 'plan', `id=${id(1)}`, 'name=P')
    await sw('create', 'spec', `id=${id(2)}`, 'name=S', `plan_id=${id(1)}`)
    const rows = [
      'spec_id;name;order',
      `${id(2)};one;1`,
      '',
      `${id(2)};"two`,
      'lines";first',
      `${id(2)};three`,
      `${id(9)};four;4`,
      `${id(2)};five"six;5`,
      `${id(2)};seven;7`,
    ]
    const ran = await run(folder, ['import', '-', '--csv', '--type', 'phase', '--delimiter', ';', '--json'], {
      stdin: rows.join('\n'),
    })
    expect(ran.code).toBe(1)
    const [report] = ran.json() as ImportReport[]
    expect(report).toMatchObject({ lines: 9, created: 2, refused: 4 })
    expect(report?.refusals.map(({ line, code }) => [line, code])).toEqual([
      [4, 'INVALID'],
      [6, 'INVALID'],
      [7, 'INVALID_REFERENCE'],
      [8, 'INVALID'],
    ])
    expect(report?.refusals[0]?.message).toContain('order "first" as a text:')
    const phases = (await sw('list', 'phase', '--json')).json() as StoredRecord[]
    expect(phases.map(({ order }) => order)).toEqual([1, 7])
  })

  test('--dry-run decides every row and writes nothing; a table may come from a pipe, with tabs', async () => {
    const { folder, sw } = await freshStore()
    writeFileSync(join(folder, 'plans.tsv'), 'name\tstatus\na,b\tdraft\nc\tnone\n')
    const dry = await sw('import', 'plans.tsv', '--type', 'plan', '--dry-run')
    expect(dry).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^dry run, nothing was written: 3 lines: 1 created, 1 refused/),
    })
    expect((await sw('list', 'plan', '--json')).out).toBe('')
    const text = readFileSync(join(folder, 'plans.tsv'), 'utf8')
    await run(folder, ['import', '-', '--csv', '--delimiter', '\t', '--type', 'plan'], { stdin: text })
    expect((await sw('list', 'plan', '--json')).json()).toMatchObject([{ name: 'a,b' }])
  })

  test('what makes no sense is refused before anything is read or written', async () => {
    const { folder, sw } = await freshStore()
    writeFileSync(join(folder, 'a.csv'), 'name\na\n')
    expect(await sw('import', 'a.csv')).toMatchObject({ code: 2, err: expect.stringContaining('say --type') })
    expect(await sw('import', 'a.csv', '--type', 'pln')).toMatchObject({
      code: 2,
      err: expect.stringContaining('plan'),
    })
    expect(await sw('import', '-', '--type', 'plan', '--delimiter', ';')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--csv'),
    })
    writeFileSync(join(folder, 'b.csv'), 'name;status\na;draft\n')
    expect(await sw('import', 'b.csv', '--type', 'plan')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is the delimiter ";"?'),
    })
    expect((await sw('list', 'plan', '--json')).out).toBe('')
  })
})
