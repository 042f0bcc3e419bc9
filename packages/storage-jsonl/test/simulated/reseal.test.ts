import { boot, Died, SimMedium, seededPick } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { resealLog, salvageLog } from '../../src/index.ts'
import { append, recordOf } from '../records.ts'
import { closedLog, first, records, rewrite, served, stamp } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

function reseal(medium: SimMedium, dryRun = false): ReturnType<typeof resealLog> {
  return resealLog({ ...careOf(boot(medium)), dryRun })
}

/** Edits the text of a file as a person would. */
function edit(medium: SimMedium, path: string, change: (text: string) => string): void {
  rewrite(medium, path, Buffer.from(change(medium.file(path).bytes.toString())))
}

async function open(medium: SimMedium): Promise<ReadonlyMap<number, string>> {
  const { writer } = await simStorage(boot(medium)).openWriter('opens')
  expect(await writer.verify()).toMatchObject({ ok: true })
  return (await served(writer)).commits
}

test('edited lines are sealed anew: values, whole tails that are gone, blanks, and everything else stays as it was', async () => {
  const medium = await closedLog()
  edit(medium, first, (text) =>
    text
      .replace('"id":"c","n":0', '"id":"c","n":"by hand"')
      .replace(/,"seq":4,"dur":\d+,"crc":"\w+"\}/, ' }')
      .replace(/,"seq":8,"crc":"\w+"\}/, ', "seq": 8 }'),
  )
  const edited = Buffer.from(medium.file(first).bytes)
  const dry = await reseal(medium, true)
  expect(dry).toMatchObject({ files: [{ firstSeq: 1, lastSeq: 12, edited: [4, 5, 9] }] })
  expect(medium.file(first).bytes.equals(edited)).toBe(true)
  const { id } = await reseal(medium)
  const expected = records.map(String).with(2, String(records[2]).replace('"n":0', '"n":"by hand"'))
  const commits = await open(medium)
  expect([...commits.values()].map((text) => text.replace(' }', '}'))).toEqual(expected)
  expect(medium.file(`/store/quarantine/${id}.log-00000001.jsonl`).bytes.equals(edited)).toBe(true)
  expect(await reseal(medium)).toMatchObject({ files: [] })
  expect(medium.file('/store/manifest.json').bytes.toString()).toContain(`"resealed":["${id}"]`)
})

test('a store that was resealed was not closed since, as its manifest says; a damaged base is named by its first line', async () => {
  const medium = await closedLog()
  edit(medium, first, (text) => text.replace('"id":"c","n":0', '"id":"c","n":"by hand"'))
  await reseal(medium)
  expect(JSON.parse(medium.file('/store/manifest.json').bytes.toString()).data).toMatchObject({ clean: false })
  const { writer } = await simStorage(boot(medium)).openWriter('compacts')
  await writer.saveBase(
    12,
    (async function* () {
      yield { seqs: [12], records: [recordOf('row')] }
    })(),
  )
  await writer.close()
  const base = [...medium.files().keys()].find((path) => path.includes('/base-')) ?? ''
  medium.file(base).rot(medium.file(base).bytes.length - 40, 1)
  await expect(reseal(medium)).rejects.toMatchObject({
    code: 'CORRUPT',
    details: {
      damage: [{ file: base.slice('/store/'.length), line: 1, byte: 0, reason: expect.stringContaining('by hand') }],
    },
  })
})

test.each<[what: string, change: (text: string) => string, line: number, reason: RegExp]>([
  ['no JSON', (text) => text.replace('"id":"b","n":0}', '"id":"b","n":}'), 3, /not JSON/],
  ['no line of a log', (text) => text.replace('"type":"plan"', '"typ":"plan"'), 2, /no type/],
  [
    'a rev that does not follow',
    (text) => text.replace('"rev":2,"prev":1', '"rev":3,"prev":1'),
    5,
    /where rev 2 follows/,
  ],
  [
    'a prev that does not fit',
    (text) => text.replace('"rev":2,"prev":1', '"rev":2,"prev":2'),
    5,
    /where the line of plan a before it is 1/,
  ],
  [
    'an update of what is not there',
    (text) => text.replace('"id":"a","changes":{"n":1}', '"id":"z","changes":{"n":1}'),
    5,
    /not there/,
  ],
  ['a commit that is gone', (text) => text.split('\n').toSpliced(10, 1).join('\n'), 15, /12 is the last one/],
])('%s is refused, with its line, and nothing is changed', async (_, change, line, reason) => {
  const medium = await closedLog()
  edit(medium, first, change)
  const before = medium.contents()
  const refusal: unknown = await reseal(medium).catch((error: unknown) => error)
  expect(hasCode(refusal, 'CORRUPT') && refusal.details.damage).toContainEqual(
    expect.objectContaining({
      file: 'log-00000001.jsonl',
      line: line === 15 ? expect.any(Number) : line,
      reason: expect.stringMatching(reason),
    }),
  )
  expect(medium.contents()).toEqual(before)
})

test('a plain file that was edited is adopted again, as long as it has as many lines', async () => {
  const medium = new SimMedium()
  const plain = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"p","n":1}}\n'
  await boot(medium).makeDirectory('/store')
  medium.plant('/store/old.jsonl', plain + plain.replace('"p"', '"q"'))
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  await append(writer, [
    Buffer.from(`{"type":"update",${stamp},"target":"plan","id":"p","changes":{},"rev":2,"prev":1}`),
  ])
  await writer.close()
  const longer = medium.copy()
  edit(longer, '/store/old.jsonl', (text) => text + plain.replace('"p"', '"r"'))
  await expect(reseal(longer)).rejects.toMatchObject({ code: 'CORRUPT' })
  edit(medium, '/store/old.jsonl', (text) => text.replace('"n":1', '"n":2'))
  await expect(simStorage(boot(medium)).openWriter('refused')).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(await reseal(medium)).toMatchObject({ files: [{ file: 'old.jsonl', firstSeq: 1, lastSeq: 2 }] })
  expect((await open(medium)).get(1)).toContain('"n":2')
})

test('a log that was salvaged can be edited too: the gap stays, and versions may jump over it', async () => {
  const medium = await closedLog()
  edit(medium, first, (text) => text.replace('"id":"b","n":0', '"id":"b","n":?'))
  await salvageLog(careOf(boot(medium)))
  const path = '/store/log-00000002.jsonl'
  edit(medium, path, (text) => text.replace('"id":"c","n":0', '"id":"c","n":9'))
  expect(await reseal(medium)).toMatchObject({ files: [{ file: 'log-00000002.jsonl', lastSeq: 12 }] })
  const { writer } = await simStorage(boot(medium)).openWriter('opens')
  const { commits, lost } = await served(writer)
  expect(lost).toEqual([2, 5, 6, 10])
  expect(commits.get(3)).toContain('"n":9')
  expect((await writer.stats()).lost).toHaveLength(3)
})

test('a crash at any step of a resealing, and a power cut, leave the edited log or the resealed one', async () => {
  const edited = await closedLog()
  edit(edited, first, (text) => text.replace('"id":"c","n":0', '"id":"c","n":9'))
  const content = Buffer.from(edited.file(first).bytes)
  let counted = 0
  for (let seed = 1; seed <= 3; seed++) {
    for (let at = 1, died = true; died; at++, counted++) {
      const medium = edited.copy()
      const until = medium.steps + at
      died = false
      medium.onStep = ({ step }) => {
        if (step !== until) return undefined
        died = true
        medium.kill()
        throw new Died('killed')
      }
      await reseal(medium).catch((error: unknown) => {
        if (!died) throw error
      })
      const left = medium.afterPowerCut(seededPick(seed * 100 + at))
      const isOld = left.find(first) !== undefined && left.file(first).bytes.equals(content)
      const { files } = await reseal(left)
      expect(files.length === 0 || isOld, `seed ${seed}, step ${at}`).toBe(true)
      expect((await open(left)).get(3)).toContain('"n":9')
    }
  }
  expect(counted).toBeGreaterThan(40)
})

test('what one resealing has kept aside is not written over by the next one', async () => {
  const medium = await closedLog()
  const ids: (string | undefined)[] = []
  for (const n of ['one', 'two', 'three']) {
    const path = [...medium.files().keys()].find((name) => name.startsWith('/store/log-')) ?? first
    edit(medium, path, (text) => text.replace(/"id":"c","n":[^}]*/, `"id":"c","n":"${n}"`))
    ids.push((await reseal(medium)).id)
  }
  expect(ids).toEqual(['reseal-1', 'reseal-2', 'reseal-3'])
  const kept = [...medium.files().keys()].filter((path) => path.includes('/quarantine/reseal-'))
  expect(new Set(kept.map((path) => path.split('.')[0])).size).toBe(3)
})
