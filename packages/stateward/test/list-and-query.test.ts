import { rmSync } from 'node:fs'
import type { QueryAnswer, StoredRecord } from '@stateward/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { displayWidth } from '../src/command/display-width.ts'
import { answerOf, freshStore, madeFolder, type Ran, run } from './run-stateward.ts'

let folder = ''
let planId = ''
let sw: (...args: string[]) => Promise<Ran>

describe('one store of a plan and twelve specs', () => {
  beforeAll(async () => {
    const store = await freshStore(madeFolder())
    folder = store.folder
    sw = store.sw
    planId = (await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))).id
    const rows = Array.from({ length: 12 }, (_, at) =>
      JSON.stringify({ plan_id: planId, name: `Spec ${at}`, status: at % 3 === 0 ? 'pending' : 'draft', weight: at }),
    )
    const { code, err } = await run(folder, ['import', '-', '--type', 'spec'], { stdin: rows.join('\n') })
    if (code !== 0) throw new Error(err)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('list: a table with cut ids and a count', async () => {
    const { out, err } = await sw('list', 'spec', '--order', 'name:desc', '--limit', '2')
    const [title, first, second, ...rest] = out.trimEnd().split('\n')
    expect(title).toMatch(/^id +name +status +plan_id +updated_at$/)
    expect(first).toMatch(new RegExp(`^[0-9a-f]{8} {2}Spec 9 {2}pending +${planId.slice(-8)} `))
    expect(second).toContain('Spec 8')
    expect(rest).toEqual([])
    expect(err).toMatch(/^2 of 12 specs\nmore: the same with --cursor \S+\n$/)
  })

  test('list: pages by cursor', async () => {
    const first = await sw('list', 'spec', '--limit', '5', '--json')
    expect(first.json()).toHaveLength(5)
    const { cursor } = JSON.parse(first.err)
    const rest = await sw('list', 'spec', '--cursor', cursor, '--json')
    expect(rest).toMatchObject({ code: 0, err: '' })
    const ids = [...first.json(), ...rest.json()].map((row) => (row as StoredRecord).id)
    expect(new Set(ids).size).toBe(12)
  })

  test('list: by values, by a filter, by both', async () => {
    expect((await sw('list', 'spec', 'status=pending', `plan_id=${planId.slice(-8)}`, '--json')).json()).toHaveLength(4)
    const late = '{"name":{"prefix":"Spec 1"}}'
    expect((await sw('list', 'spec', '--where', late, '--json')).json()).toHaveLength(3)
    expect((await sw('list', 'spec', 'status=draft', '--where', late, '--json')).json()).toHaveLength(3)
    expect((await run(folder, ['list', 'spec', '--where', '-', '--json'], { stdin: late })).json()).toHaveLength(3)
    expect((await sw('list', 'spec', 'status=failed')).err).toBe('0 specs\n')
  })

  test('list: columns of one’s own', async () => {
    const { out } = await sw('list', 'spec', '--fields', 'name,rev', '--order', 'name', '--limit', '1')
    expect(out).toBe('name    rev\nSpec 0    1\n')
  })

  test('on a terminal the table fits, whatever its width', async () => {
    for (const columns of [20, 40, 60, 80, 200]) {
      const { out } = await run(folder, ['list', 'spec'], { columns, env: { NO_COLOR: '1' } })
      const lines = out.trimEnd().split('\n')
      expect(lines).toHaveLength(13)
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('colour on a terminal, and only there, and not with NO_COLOR', async () => {
    const escapes = '\u001b['
    expect((await run(folder, ['list', 'spec'], { columns: 80 })).out).toContain(escapes)
    expect((await run(folder, ['list', 'spec'], { columns: 80, env: { NO_COLOR: '1' } })).out).not.toContain(escapes)
    expect((await run(folder, ['list', 'spec'], { columns: 80, env: { TERM: 'dumb' } })).out).not.toContain(escapes)
    expect((await run(folder, ['list', 'spec', '--json'], { columns: 80 })).out).not.toContain(escapes)
    const piped = await sw('list', 'spec')
    expect(piped.out + piped.err).not.toContain(escapes)
  })

  test('query: rows, count, groups, plan', async () => {
    const asked = '{"type":"spec","where":{"status":"pending"},"orderBy":[["name","asc"]],"limit":2}'
    const answer = await answerOf<QueryAnswer>(sw('query', asked, '--json'))
    expect(answer).toMatchObject({ rows: [{ name: 'Spec 0' }, { name: 'Spec 3' }], cursor: expect.any(String) })
    expect((await sw('query', asked)).out.split('\n')).toHaveLength(4)
    expect((await sw('query', asked, '--count')).out).toBe('4\n')
    expect(await answerOf(sw('query', asked, '--count', '--json'))).toBe(4)
    expect((await sw('query', '{"type":"spec"}', '--group-by', 'status')).out).toBe(
      'status   count\ndraft        8\npending      4\n',
    )
    expect(await answerOf(sw('query', '{"type":"spec"}', '--group-by', 'status', '--json'))).toEqual([
      { value: 'draft', count: 8 },
      { value: 'pending', count: 4 },
    ])
    expect(await answerOf(sw('query', asked, '--explain', '--json'))).toMatchObject({ records: 12 })
    expect((await sw('query', asked, '--explain')).out).toMatch(/^from {6}\S/)
    expect((await sw('query', asked, '--analyze')).out).toMatch(
      /\nfound {5}\d+, among \d+ looked at, \d+ of them read from the log\ntime {6}[\d.]+ ms: plan /,
    )
    expect(await answerOf(sw('query', asked, '--explain', '--analyze', '--json'))).toMatchObject({
      analysis: { rows: 2 },
    })
    expect((await run(folder, ['query', '-', '--count'], { stdin: asked })).out).toBe('4\n')
  })

  test('what a query does wrong is said', async () => {
    const cases: readonly (readonly [string[], number, RegExp])[] = [
      [['list', 'pln'], 1, /^INVALID .*did you mean plan\?/],
      [['list', 'spec', '--where', '{"stats":"x"}'], 1, /^INVALID .*status/],
      [['list', 'spec', '--where', '{"status":{"lik":"x"}}'], 1, /^INVALID/],
      [['list', 'spec', '--where', '[1]'], 2, /^USAGE .*a list/],
      [['list', 'spec', '--where', 'status=x'], 2, /^USAGE .*expected --where to be JSON/],
      [['list', 'spec', '--order', 'name:up'], 2, /^USAGE/],
      [['list', 'spec', '--order', 'nme'], 1, /^INVALID/],
      [['list', 'spec', '--limit', '0'], 2, /^USAGE .*whole number from 1/],
      [['list', 'spec', '--limit', '1e3'], 2, /^USAGE/],
      [['list', 'spec', '--cursor', 'nonsense'], 1, /^INVALID/],
      [['list', 'spec', '--fields', 'name', 'status'], 2, /^USAGE .*name=text/],
      [['query', '{"type":"pln"}'], 1, /^INVALID/],
      [['query', '{}'], 1, /^INVALID/],
      [['query', 'null'], 2, /^USAGE .*null/],
      [['query', ''], 2, /^USAGE .*found nothing/],
      [['query', '@absent.json'], 2, /^USAGE .*there is none/],
      [['query', '{"type":"spec"}', '--count', '--explain'], 2, /^USAGE/],
      [['query', '{"type":"spec"}', '--group-by', 'nme'], 1, /^INVALID/],
    ]
    for (const [args, code, err] of cases) {
      const ran = await sw(...args)
      expect({ args, code: ran.code, out: ran.out }).toEqual({ args, code, out: '' })
      expect(ran.err).toMatch(err)
    }
  })
})
