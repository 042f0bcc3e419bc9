import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import type { ImportReport } from '../src/command/import-report.ts'
import { answerOf, freshFolder, freshStore, type Ran, run } from './run-stateward.ts'

type Command = (...args: string[]) => Promise<Ran>

async function everything(sw: Command): Promise<unknown[]> {
  const types = ['plan', 'spec', 'phase', 'execution']
  const lists = await Promise.all(types.map((type) => sw('list', type, '--json')))
  return lists.flatMap((list) => list.json())
}

/** A store with some history: specs that were made out of order, changed often, deleted and restored. */
async function storeWithHistory(): Promise<{ folder: string; sw: Command }> {
  const { folder, sw } = await freshStore()
  const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', 'status=running', '--json'))
  const specs: StoredRecord[] = []
  for (const name of ['A', 'B', 'C']) {
    specs.push(await answerOf<StoredRecord>(sw('create', 'spec', `name=${name}`, `plan_id=${plan.id}`, '--json')))
  }
  const [a, b, c] = specs
  if (a === undefined || b === undefined || c === undefined) throw new Error('three specs were made')
  for (let at = 0; at < 10; at++) await sw('update', 'spec', b.id, `description=${at}`)
  await sw('update', 'spec', a.id, `dependencies:=["${c.id}"]`)
  await sw('create', 'phase', 'name=Ph', `spec_id=${b.id}`, 'order:=1')
  await sw('delete', 'spec', b.id, '--cascade')
  await sw('restore', 'spec', b.id)
  await sw('update', 'spec', a.id, 'status=pending')
  await sw('update', 'spec', a.id, 'status=running', '--force', '--reason', 'because')
  await sw('update', 'spec', a.id, 'status=pending', '--actor', 'ada')
  return { folder, sw }
}

describe('export and import', () => {
  test('an export holds every record and its checksum, and comes back the same, references in any order', async () => {
    const { folder, sw } = await storeWithHistory()
    const said = await sw('export', 'backup.jsonl')
    expect(said.out).toMatch(/^wrote 4 records, .* to backup\.jsonl\n$/)
    const lines = readFileSync(join(folder, 'backup.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: '$export', data: { records: 4 } })
    expect((await sw('export')).out).toBe(readFileSync(join(folder, 'backup.jsonl'), 'utf8'))

    const other = await freshStore()
    const taken = await other.sw('import', join(folder, 'backup.jsonl'))
    expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('4 created, 1 skipped, 0 refused') })
    expect(taken.out).toContain('the checksum at the end of the export holds')
    const same = (await everything(sw)).map((record) => ({ ...(record as StoredRecord), rev: 1 }))
    expect(await everything(other.sw)).toEqual(same)
    const again = await answerOf<ImportReport>(
      run(other.folder, ['import', '-', '--json'], { stdin: lines.join('\n') }),
    )
    expect(again).toMatchObject({ created: 0, unchanged: 4, refused: 0 })
  })

  test('a log comes back as it went: whole lines, cascades, restorations, forced ones', async () => {
    const { folder, sw } = await storeWithHistory()
    const names = ['.stateward'].flatMap((dir) => segmentsIn(join(folder, dir)))
    const log = names.map((name) => readFileSync(name, 'utf8')).join('')
    const other = await freshStore()
    const report = await answerOf<ImportReport>(run(other.folder, ['import', '-', '--json'], { stdin: log }))
    expect(report).toMatchObject({ refused: 0, refusals: [] })
    expect(await everything(other.sw)).toEqual(await everything(sw))
    expect((await other.sw('tail', '-n', '2')).out).toMatch(/forced: because\n.*by ada\n$/)
  })

  test('plain records of a type, and what is wrong with the others', async () => {
    const { folder, sw } = await freshStore()
    const id = '01900000-0000-7000-8000-000000000001'
    const rows = [
      '{"name":"first","status":"draft"}',
      '',
      `{"id":"${id}","name":"second","created_at":"2020-01-01T00:00:00+02:00","rev":17}`,
      '{"name":',
      '<<<<<<< HEAD',
      '[1]',
      '{"name":3}',
      '{"id":"short","name":"x"}',
      `{"id":"${id}","name":"other"}`,
      '{"name":"odd","__proto__":{"a":1}}',
      `{"name":"${'x'.repeat(501)}"}`,
    ]
    writeFileSync(join(folder, 'rows.jsonl'), `${rows.join('\r\n')}\r\n`)
    const ran = await run(folder, ['import', 'rows.jsonl', '--type', 'plan', '--json', '--actor', 'ada'])
    expect(ran.code).toBe(1)
    const [report] = ran.json() as ImportReport[]
    expect(report).toMatchObject({ lines: 11, created: 2, skipped: 1, refused: 8 })
    expect(report?.refusals.map(({ line, code }) => [line, code])).toEqual([
      [4, 'INVALID'],
      [5, 'INVALID'],
      [6, 'INVALID'],
      [7, 'INVALID'],
      [8, 'INVALID'],
      [9, 'ALREADY_EXISTS'],
      [10, 'INVALID'],
      [11, 'INVALID'],
    ])
    expect(await answerOf(sw('get', 'plan', id, '--json'))).toMatchObject({
      created_at: '2020-01-01T00:00:00+02:00',
      rev: 1,
    })
    expect((await sw('tail')).out).toContain('by ada')
    const people = await sw('import', 'rows.jsonl', '--type', 'plan')
    expect(people.out).toMatch(/^11 lines: 1 created, 1 unchanged, 1 skipped, 8 refused\n {2}line 4: INVALID {2}/)
  })

  test('records that refer to later ones are taken in, whatever their order; those that refer to nothing are not', async () => {
    const { folder, sw } = await freshStore()
    const id = (n: number): string => `01900000-0000-7000-8000-00000000000${n}`
    const line = (type: string, data: object): string =>
      JSON.stringify({ type, timestamp: '2024-01-20T10:00:00.000Z', data })
    const lines = [
      line('phase', { id: id(4), name: 'Ph', spec_id: id(3) }),
      line('spec', { id: id(3), name: 'S2', plan_id: id(1), dependencies: [id(2)] }),
      line('spec', { id: id(2), name: 'S1', plan_id: id(1) }),
      line('plan', { id: id(1), name: 'P' }),
      line('phase', { id: id(5), name: 'lost', spec_id: id(9) }),
    ]
    const ran = await run(folder, ['import', '-', '--json'], { stdin: lines.join('\n') })
    expect(ran.json()).toMatchObject([{ created: 4, refused: 1, refusals: [{ line: 5, code: 'INVALID_REFERENCE' }] }])
    expect(await everything(sw)).toHaveLength(4)
  })

  test('lines in the form of the log, and those that are not', async () => {
    const { folder } = await freshStore()
    const lines = [
      '{"name":"plain"}',
      '{"type":"plan","data":{"name":"no time"}}',
      '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z"}',
      '{"type":"update","timestamp":"2024-01-20T10:00:00.000Z","id":"x","changes":{}}',
      '{"type":"update","timestamp":"2024-01-20T10:00:00.000Z","target":"plan","id":"x"}',
      '{"type":"tx","timestamp":"2024-01-20T10:00:00.000Z","data":{"ops":[3]}}',
      '{"type":"pln","timestamp":"2024-01-20T10:00:00.000Z","data":{"name":"x"}}',
      '{"type":"delete","timestamp":"2024-01-20T10:00:00.000Z","target":"plan","id":"x"}',
      '{"type":"$dur","timestamp":"2024-01-20T10:00:00.000Z","data":{}}',
    ]
    const ran = await run(folder, ['import', '-', '--json'], { stdin: lines.join('\n') })
    const [report] = ran.json() as ImportReport[]
    expect(report).toMatchObject({ created: 0, skipped: 1, refused: 8 })
    expect(report?.refusals.map(({ code }) => code)).toEqual([...Array(7).fill('INVALID'), 'NOT_FOUND'])
    expect(report?.refusals[0]?.message).toContain('--type')
  })

  test('--dry-run decides every line and writes nothing', async () => {
    const { folder, sw } = await freshStore()
    const lines = '{"name":"a"}\n{"nme":"b"}\n{"name":"c"}'
    const dry = await run(folder, ['import', '-', '--type', 'plan', '--dry-run'], { stdin: lines })
    expect(dry).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^dry run, nothing was written: 3 lines: 2 created, 1 refused/),
    })
    expect((await sw('list', 'plan', '--json')).out).toBe('')
  })

  test('Ctrl-C ends an import between two lines, and what was taken in stays', async () => {
    const { folder, sw } = await freshStore()
    const ctrlC = new AbortController()
    ctrlC.abort()
    const ran = await run(folder, ['import', '-', '--type', 'plan'], {
      stdin: '{"name":"a"}\n',
      interrupt: ctrlC.signal,
    })
    expect(ran).toMatchObject({ code: 130, out: expect.stringContaining('stopped by Ctrl-C') })
    expect((await sw('list', 'plan', '--json')).out).toBe('')
  })

  test('a changed export is told', async () => {
    const { folder, sw } = await freshStore()
    await sw('create', 'plan', 'name=P')
    const { out } = await sw('export')
    const other = await freshStore()
    const ran = await run(other.folder, ['import', '-'], { stdin: out.replace('"P"', '"Q"') })
    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('the export was changed or cut') })
    expect(folder).not.toBe(other.folder)
  })

  test('an export never overwrites, and leaves nothing behind when it fails', async () => {
    const { folder, sw } = await freshStore()
    await sw('create', 'plan', 'name=P')
    writeFileSync(join(folder, 'there.jsonl'), 'mine')
    expect((await sw('export', 'there.jsonl')).err).toContain('ALREADY_EXISTS')
    expect(readFileSync(join(folder, 'there.jsonl'), 'utf8')).toBe('mine')
    expect((await sw('export', 'no/such/place.jsonl')).err).toContain('NOT_FOUND')
    expect((await sw('export', '--type', 'pln')).err).toContain('"pln"')
    const ctrlC = new AbortController()
    ctrlC.abort()
    const stopped = await run(folder, ['export', 'half.jsonl'], { interrupt: ctrlC.signal })
    expect(stopped.code).toBe(130)
    expect(() => readFileSync(join(folder, 'half.jsonl'))).toThrow('ENOENT')
    expect((await sw('export', '--type', 'spec')).out.split('\n')).toHaveLength(2)
  })

  test('a file that cannot be read', async () => {
    const { folder, sw } = await freshStore()
    expect(await sw('import', 'absent.jsonl')).toMatchObject({ code: 2, err: expect.stringContaining('there is none') })
    expect(await sw('import', '.')).toMatchObject({ code: 2, err: expect.stringContaining('it is a directory') })
    expect(await sw('import')).toMatchObject({
      code: 2,
      err: expect.stringContaining("missing required argument 'file'"),
    })
    expect(freshFolder()).not.toBe(folder)
  })
})

function segmentsIn(dir: string): string[] {
  const { segments } = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')).data as {
    segments: { file: string }[]
  }
  return segments.map(({ file }) => join(dir, file))
}
