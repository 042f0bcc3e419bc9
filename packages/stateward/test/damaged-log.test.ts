import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { freshFolder, freshStore, run } from './run-stateward.ts'
import { bytesOf } from './store-bytes.ts'

describe('a damaged log', () => {
  test('verify names file, line and byte, and what to do; the directory stays as it is', async () => {
    const { folder, sw } = await freshStore()
    for (let at = 0; at < 3; at++) await sw('create', 'plan', `name=N${at}`)
    const { segments } = JSON.parse(readFileSync(join(folder, '.stateward/manifest.json'), 'utf8')).data
    const file: string = segments.find(
      (one: { firstSeq: number; lastSeq: number }) => one.firstSeq === 2 && one.lastSeq === 2,
    ).file
    const path = join(folder, '.stateward', file)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"N1"', '"M1"'))
    const before = bytesOf(folder)
    const checked = await sw('verify')
    expect(checked.code).toBe(4)
    expect(checked.out).toMatch(new RegExp(`^damaged: 1 line in \\./\\.stateward\\n {2}${file} {2}line 2, byte \\d+: `))
    expect(checked.out).toContain(`sed -n '2p' ${file}`)
    expect((await sw('verify', '--json')).json()).toMatchObject([
      { ok: false, storage: { damage: [{ file, line: 2 }] } },
    ])
    const write = await run(folder, ['create', 'plan', 'name=X', '--json'])
    expect(write.code).toBe(4)
    expect(JSON.parse(write.err)).toMatchObject({ code: 'CORRUPT', details: { damage: [{ file, line: 2 }] } })
    const people = await sw('list', 'plan')
    expect(people.code).toBe(4)
    expect(people.err).toMatch(/^CORRUPT {2}/)
    expect(bytesOf(folder)).toEqual(before)
  })

  test('plain files with conflict markers are refused, line by line', async () => {
    const folder = freshFolder()
    mkdirSync(join(folder, '.stateward'))
    const line =
      '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"01900000-0000-7000-8000-000000000001","name":"P"}}'
    const text = `${line}\n<<<<<<< HEAD\n${line.replace('0001"', '0002"')}\n=======\n>>>>>>> other\n`
    writeFileSync(join(folder, '.stateward', 'state.jsonl'), text)
    const before = bytesOf(folder)
    for (const verb of [['list', 'plan'], ['init'], ['create', 'plan', 'name=X'], ['stats']]) {
      const ran = await run(folder, [...verb, '--json'])
      expect({ verb, code: ran.code }).toEqual({ verb, code: 4 })
      const { details } = JSON.parse(ran.err)
      expect(details.damage.map(({ line: at }: { line: number }) => at)).toEqual([2, 4, 5])
    }
    const checked = await run(folder, ['verify'])
    expect(checked).toMatchObject({ code: 4, out: expect.stringContaining('state.jsonl  line 2, byte ') })
    expect(bytesOf(folder)).toEqual(before)
  })

  const damaged = new URL('../../../../shared/data/damaged/', import.meta.url).pathname
  const names = namesIn(damaged)

  test.skipIf(names.length === 0)('files as they were really saved, broken', async () => {
    for (const name of names) {
      const folder = freshFolder()
      mkdirSync(join(folder, '.stateward'))
      const lines = gunzipSync(readFileSync(join(damaged, name)))
        .toString('utf8')
        .trimEnd()
        .split('\n')
      const bad = lines.flatMap((line, at) => (isJson(line) ? [] : [at + 1]))
      const wrapped = lines.map((line) =>
        isJson(line)
          ? JSON.stringify({ type: 'issue', timestamp: '2024-01-20T10:00:00.000Z', data: JSON.parse(line) })
          : line,
      )
      writeFileSync(join(folder, '.stateward', 'issues.jsonl'), `${wrapped.join('\n')}\n`)
      const before = bytesOf(folder)
      const ran = await run(folder, ['verify', '--json'])
      expect(ran.code).toBe(4)
      const [report] = ran.json() as { storage: { damage: { line: number }[] } }[]
      expect(report?.storage.damage.map(({ line }) => line)).toEqual(bad.slice(0, 20))
      // What stands in lines without a seal is for a person to decide: nothing of it is mended or left out.
      for (const verb of ['repair', 'reseal', 'salvage']) {
        const refused = await run(folder, [verb, '--write', '--json'])
        expect({ verb, code: refused.code }).toEqual({ verb, code: 4 })
        const { details } = JSON.parse(refused.err)
        expect(details.damage.map(({ line }: { line: number }) => line)).toEqual(bad.slice(0, 20))
      }
      expect(bytesOf(folder)).toEqual(before)
    }
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
