import { createHash } from 'node:crypto'
import { boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk, LogReader, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { acknowledgeSalvage, repairLog, resealLog, salvageLog } from '../../src/index.ts'
import { append, textOf } from '../records.ts'
import { byteOf, linesOf } from './edited.ts'
import { closedLog, first, records, rewrite, served, stamp } from './salvage-fixture.ts'
import { modelOf } from './salvage-model.ts'
import { careOf, simStorage } from './sim-storage.ts'

/** The state after commit 8: a at rev 5, b at rev 3, c at rev 1. */
const rows: readonly (readonly [seq: number, text: string])[] = [
  [3, `{"type":"plan",${stamp},"data":{"id":"c","n":0},"rev":1}`],
  [6, `{"type":"plan",${stamp},"data":{"id":"b","n":3},"rev":3}`],
  [8, `{"type":"plan",${stamp},"data":{"id":"a","n":5},"rev":5}`],
]

async function* baseRows(): AsyncGenerator<BaseChunk> {
  yield { seqs: rows.map(([seq]) => seq), records: rows.map(([, text]) => Buffer.from(text)) }
}

interface Made {
  readonly medium: SimMedium
  readonly archive: string
  readonly base: string
}

/** Eight commits behind a base, archived or let go of; four more in the log. */
async function compacted(retention: 'all' | 'none'): Promise<Made> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { retention }).openWriter('test')
  await append(writer, records.slice(0, 8))
  await writer.saveBase(8, baseRows())
  await writer.truncate(8)
  await append(writer, records.slice(8))
  await writer.close()
  const names = [...medium.files().keys()]
  const archive = names.find((name) => name.includes('/archive/')) ?? ''
  return { medium: medium.copy(), archive, base: names.find((name) => name.includes('/base-')) ?? '' }
}

async function baseOf(reader: LogReader): Promise<string[] | undefined> {
  const base = await reader.loadBase()
  if (base === undefined) return undefined
  const texts: string[] = []
  for await (const chunk of base.chunks) texts.push(...chunk.records.map(textOf))
  return texts
}

async function salvaged(medium: SimMedium): Promise<LogWriter> {
  const { writer } = await simStorage(boot(medium), { recovery: 'salvage' }).openWriter('salvages')
  expect(await writer.verify()).toMatchObject({ ok: true })
  return writer
}

const all = new Map(records.map((record, at) => [at + 1, textOf(record)]))

test('a damaged base is left out where the archive tells all that it held: the archive is unpacked, nothing is lost', async () => {
  const { medium, base } = await compacted('all')
  medium.file(base).rot(medium.file(base).size - 40, 2)
  const writer = await salvaged(medium)
  expect(await writer.loadBase()).toBeUndefined()
  expect(await served(writer)).toEqual({ commits: all, lost: [] })
  // What is read can be fetched again: a state is built of it.
  for await (const { ptrs, records: read } of writer.read(1)) expect(await writer.fetch(ptrs)).toEqual(read)
  expect((await writer.stats()).lost).toBeUndefined()
})

test('where nothing else tells what a base held, its good rows stay, and updates of the others are lost', async () => {
  const { medium, base } = await compacted('none')
  // The row of b: what stands behind it changes b at seq 10 and holds it whole at seq 11.
  medium.file(base).rot(medium.file(base).bytes.indexOf('"id":"b"') + 3, 1)
  const writer = await salvaged(medium)
  expect(await baseOf(writer)).toEqual([rows[0]?.[1], rows[2]?.[1]])
  const commits: number[] = []
  for await (const batch of writer.read(9)) for (const at of batch.records.keys()) commits.push(batch.firstSeq + at)
  expect(commits).toEqual([9, 11, 12])
  expect((await writer.stats()).lost).toMatchObject([
    { from: 10, to: 10 },
    { from: 3, to: 8 },
  ])
})

test('damage in an archive takes only what it hits, and none of the state behind the base', async () => {
  const { medium, archive } = await compacted('all')
  const { size } = medium.file(archive)
  for (let byte = 0; byte < size; byte += 7) {
    const after = medium.copy()
    after.file(archive).rot(byte, byte % 8)
    // An opening does not unpack archives, so that only a salvage that is asked for finds this.
    await salvageLog(careOf(boot(after)))
    const writer = await salvaged(after)
    const { commits, lost } = await served(writer)
    for (const [seq, text] of commits) expect(text).toBe(all.get(seq))
    expect([...commits.keys(), ...lost].sort((one, other) => one - other)).toEqual([...all.keys()])
    expect([9, 10, 11, 12].every((seq) => commits.has(seq))).toBe(true)
    expect(await baseOf(writer)).toEqual(rows.map(([, text]) => text))
  }
})

test('what one store has lost is not said of another one that the same process opens', async () => {
  const { medium, archive } = await compacted('all')
  const damaged = medium.copy()
  damaged.file(archive).rot(0, 1)
  expect(await salvageLog(careOf(boot(damaged)))).toMatchObject({ damagedLines: 1 })
  const { writer } = await simStorage(boot(medium)).openWriter('whole')
  expect(await served(writer)).toEqual({ commits: all, lost: [] })
})

test('files that are gone are gaps, as long as they are, or a base without rows', async () => {
  const { medium, archive, base } = await compacted('all')
  const withoutArchive = medium.copy()
  await boot(withoutArchive).remove(archive)
  expect((await served(await salvaged(withoutArchive))).lost).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  const withoutBase = medium.copy()
  await boot(withoutBase).remove(base)
  expect(await served(await salvaged(withoutBase))).toEqual({ commits: all, lost: [] })
  // Its history was salvaged before: a gap is no reason to do without a base.
  const withoutBoth = withoutArchive.copy()
  await boot(withoutBoth).remove([...withoutBoth.files().keys()].find((name) => name.includes('/base-')) ?? '')
  const writer = await salvaged(withoutBoth)
  expect([...(await served(writer)).commits.keys()]).toEqual([9, 11, 12])
  expect(await baseOf(writer)).toEqual([])
})

test('a plain file that was changed is for a person to look at; one that is gone is a gap', async () => {
  const medium = new SimMedium()
  const plain = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"p"}}\n'
  await boot(medium).makeDirectory('/store')
  medium.plant('/store/old.jsonl', plain + plain.replace('"p"', '"q"'))
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  const update = (id: string, prev: number): Buffer =>
    Buffer.from(`{"type":"update",${stamp},"target":"plan","id":"${id}","changes":{},"rev":2,"prev":${prev}}`)
  await append(writer, [update('p', 1), Buffer.from(`{"type":"plan",${stamp},"data":{"id":"q"},"rev":2}`)])
  await writer.close()
  const changed = medium.copy()
  rewrite(changed, '/store/old.jsonl', Buffer.from(plain + plain.replace('"p"', '"x"')))
  const before = changed.contents()
  await expect(salvageLog(careOf(boot(changed)))).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(changed.contents()).toEqual(before)
  const gone = medium.copy()
  await boot(gone).remove('/store/old.jsonl')
  expect((await served(await salvaged(gone))).lost).toEqual([1, 2, 3])
})

test('of two plain files the one that is there keeps its commits, and what changes them, when the other one is gone', async () => {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  for (const id of ['p', 'q'])
    medium.plant(`/store/${id}.jsonl`, `{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"${id}"}}\n`)
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  const updates = ['p', 'q'].map((id, at) =>
    Buffer.from(`{"type":"update",${stamp},"target":"plan","id":"${id}","changes":{"n":1},"rev":2,"prev":${at + 1}}`),
  )
  await append(writer, updates)
  await writer.close()
  const left = medium.copy()
  await boot(left).remove('/store/p.jsonl')
  const { commits, lost } = await served(await salvaged(left))
  expect([...commits.keys()]).toEqual([2, 4])
  expect(lost).toEqual([1, 3])
})

test('a dry run says what a salvage does, and changes nothing; a salvage of what is whole does nothing', async () => {
  const { medium, base } = await compacted('none')
  medium.file(base).rot(300, 1)
  const before = medium.contents()
  const told = await salvageLog({ ...careOf(boot(medium)), dryRun: true })
  expect(medium.contents()).toEqual(before)
  const done = await salvageLog(careOf(boot(medium)))
  expect({ ...told, at: '', dryRun: false }).toEqual({
    ...done,
    at: '',
    files: done.files.map(({ becomes: _, ...file }) => file),
  })
  const after = medium.contents()
  expect(await salvageLog(careOf(boot(medium)))).toMatchObject({ damagedLines: 0, files: [] })
  expect(medium.contents()).toEqual(after)
})

test('a gap line holds the checksum of the bytes that stood where its commits are missing', async () => {
  const medium = await closedLog()
  const lines = medium
    .file(first)
    .bytes.toString()
    .split(/(?<=\n)/)
  // b is lost, and what changes it: commits 5 and 6 together, and 10, up to the whole record at 11.
  medium.file(first).rot(Buffer.from(lines.slice(0, 2).join('')).length + 40, 1)
  const damaged = medium
    .file(first)
    .bytes.toString('latin1')
    .split(/(?<=\n)/)
  const { id } = await salvageLog(careOf(boot(medium)))
  const gaps = medium
    .file('/store/log-00000002.jsonl')
    .bytes.toString()
    .split('\n')
    .filter((line) => line.includes('"$gap"'))
    .map((line) => JSON.parse(line).data)
  const sha256 = (from: number, to: number): string =>
    createHash('sha256')
      .update(Buffer.from(damaged.slice(from, to + 1).join(''), 'latin1'))
      .digest('hex')
  expect(gaps).toEqual(
    [
      [2, 2],
      [5, 6],
      [10, 10],
    ].map(([from = 0, to = 0]) => ({ from, to, sha256: sha256(from, to), report: id })),
  )
})

test('each gap line speaks for the bytes between its neighbours, and for no others', async () => {
  const medium = await closedLog()
  const before = linesOf(medium)
  for (const line of [2, 8]) medium.file(first).rot(byteOf(before, line) + 40, 1)
  const damaged = linesOf(medium)
  await salvageLog(careOf(boot(medium)))
  const gaps = linesOf(medium, '/store/log-00000002.jsonl').filter((line) => line.includes('"$gap"'))
  const sums = Object.fromEntries(gaps.map((line) => JSON.parse(line).data).map(({ from, sha256 }) => [from, sha256]))
  for (const line of [2, 8])
    expect(sums[line], `commit ${line}`).toBe(createHash('sha256').update(`${damaged[line]}\n`).digest('hex'))
})

test('of a file that is gone and was being written no commit is made up, lost or not', async () => {
  const medium = await closedLog()
  const { writer } = await simStorage(boot(medium)).openWriter('killed')
  await append(writer, records.slice(0, 1))
  medium.kill()
  const left = medium.copy()
  await boot(left).remove('/store/log-00000002.jsonl')
  expect(await salvageLog(careOf(boot(left)))).toMatchObject({ damagedLines: 1, lost: [] })
  const opened = await simStorage(boot(left)).openWriter('opens')
  expect(opened.recovery.lastSeq).toBe(12)
  expect(await served(opened.writer)).toEqual({ commits: all, lost: [] })
})

test('the end of a log that was being written: what may have been acknowledged is a gap, a torn write is none', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('killed')
  await append(writer, records.slice(0, 6))
  await append(writer, records.slice(6, 9))
  medium.kill()
  const whole = medium.copy()
  const path = '/store/log-00000001.jsonl'
  const content = Buffer.from(whole.file(path).bytes)
  const rotten = whole.copy()
  rotten.file(path).rot(content.length - 40, 1)
  expect(await served(await salvaged(rotten))).toEqual(modelOf(records.slice(0, 9).map(String), new Set([9])))
  // Damage in the middle, and a write that was cut short at the end.
  const torn = whole.copy()
  rewrite(torn, path, content.subarray(0, content.length - 5))
  torn.file(path).rot(content.indexOf('"id":"c"'), 1)
  const { commits, lost } = await served(await salvaged(torn))
  expect(lost).toEqual([3])
  expect([...commits.keys()]).toEqual([1, 2, 4, 5, 6, 7, 8])
})

test.each(['quarantine', 'archive', 'LOCK'])(
  'a link planted as %s is refused by all who look after a store',
  async (name) => {
    const { medium, base } = await compacted('none')
    medium.file(base).rot(300, 1)
    medium.plant(`/store/${name}`, { link: '/elsewhere' })
    const before = medium.contents()
    for (const care of [salvageLog, repairLog, resealLog, acknowledgeSalvage]) {
      const refusal: unknown = await care({ ...careOf(boot(medium)), dryRun: false }).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: expect.stringMatching(/^(INVALID|STORAGE_FAILED)$/) })
    }
    expect(medium.contents()).toEqual(before)
  },
)
