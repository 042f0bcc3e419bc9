import { gunzipSync } from 'node:zlib'
import { boot, SimMedium } from '@stateward/conformance'
import { type BaseChunk, type LogReader, type LogWriter, StatewardError } from '@stateward/contract'
import { type CareOptions, repairLog, resealLog, salvageLog } from '../../src/index.ts'
import { append, recordOf } from '../records.ts'
import { killedLog } from './edited.ts'
import { closedLog, first, records, rewrite } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

/** What came of it, and the files that are there then, but those that hold nothing of the log. */
export interface Told {
  readonly [what: string]: unknown
}

/** Lines as values; the packed size of an archive is for the library that packs to say, and with it the seal of a manifest. */
function linesIn(path: string, bytes: Buffer): unknown[] {
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  if (!path.includes('manifest')) return text.split('\n')
  const { crc: _, ...line } = JSON.parse(text.replace(/"packedBytes":\d+/g, '"packedBytes":0'))
  return [line]
}

/** The files that are other ones now, `null` where they are gone. What is kept in `quarantine` was there before, or is told elsewhere. */
export function changes(before: SimMedium, after: SimMedium): Record<string, unknown> {
  const former = before.files()
  const now = after.files()
  const names = [...new Set([...former.keys(), ...now.keys()])].filter((path) => !/LOCK|\/cache\/|prev/.test(path))
  const found: Record<string, unknown> = {}
  for (const path of names.sort()) {
    const file = now.get(path)
    if (file === undefined) found[path] = null
    else if (former.get(path)?.bytes.equals(file.bytes) !== true)
      found[path] = path.includes('quarantine') ? file.size : linesIn(path, file.bytes)
  }
  return found
}

/** What a call answers, or is refused with. */
export async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof StatewardError)) throw error
    const { code, message, details } = error
    return { code, message, details }
  }
}

/** Everything that a store serves and says of itself. */
export async function servedOf(reader: LogReader): Promise<Told> {
  const batches: unknown[] = []
  for await (const { firstSeq, epoch, records: read, lost } of reader.readKept?.(1) ?? reader.read(1))
    batches.push({ firstSeq, epoch, records: read.length, ...(lost === undefined ? {} : { lost }) })
  const { firstSeq, lastSeq, epoch, segments, opening, lost, durableSeq, health } = await reader.stats()
  const stats = { firstSeq, lastSeq, epoch, segments, opening, lost, durableSeq, health }
  return { batches, stats, check: await reader.verify() }
}

async function opened(medium: SimMedium, options = {}): Promise<Told> {
  const opening = simStorage(boot(medium), options).openWriter('opens')
  const found = await opening.catch(() => undefined)
  if (found === undefined) return { refused: await outcome(opening) }
  const { writer, recovery } = found
  const served = await outcome(servedOf(writer))
  await writer.close()
  return { recovery, served }
}

/** The rows of a base. */
export async function* rowsUpTo(upTo: number): AsyncGenerator<BaseChunk> {
  yield { seqs: [1, upTo, upTo], records: [recordOf('one'), recordOf('two'), recordOf('three')] }
}

/** Appends commits of which each fourth is longer. */
export async function written(writer: LogWriter, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq++) await append(writer, [recordOf(seq, seq % 4 === 0 ? 40 : 0)])
}

/** Two openings, each of some segments; what the first one wrote is archived behind a base. */
export async function compacted(retention: 'all' | { readonly versions: number } = 'all'): Promise<SimMedium> {
  const medium = new SimMedium()
  const options = { segmentBytes: 4_096, retention }
  for (const from of [1, 41]) {
    const { writer } = await simStorage(boot(medium), options).openWriter('writes')
    await written(writer, from, from + 39)
    if (from === 1) {
      await writer.saveBase(35, rowsUpTo(35))
      await writer.truncate(35, { newestRev: (_, id) => (id === 'p3' ? 900 : 1) })
    }
    await writer.close()
  }
  return medium.copy()
}

/** The first file of a kind. */
export const pathOf = (medium: SimMedium, kind: string): string =>
  [...medium.files().keys()].find((path) => path.startsWith(`/store/${kind}`)) ?? ''

/** Flips bits of a file, so far from its end. */
export function rot(medium: SimMedium, path: string, ...fromEnd: number[]): SimMedium {
  const file = medium.file(path)
  for (const bytes of fromEnd) file.rot(file.size - bytes, 1)
  return medium
}

/** What every way to look after a store, and every policy, makes of the same damage. */
async function cared(damaged: SimMedium): Promise<Told> {
  const care = async (call: (options: CareOptions) => Promise<unknown>): Promise<Told> => {
    const medium = damaged.copy()
    return { answer: await outcome(call(careOf(boot(medium)))), files: changes(damaged, medium) }
  }
  return {
    refused: await opened(damaged.copy()),
    readonly: await opened(damaged.copy(), { recovery: 'readonly' }),
    salvaged: await opened(damaged.copy(), { recovery: 'salvage' }),
    salvage: await care(salvageLog),
    repair: await care((options) => repairLog({ ...options, dryRun: false })),
    reseal: await care((options) => resealLog({ ...options, dryRun: false })),
    reader: await outcome(readBeside(damaged.copy())),
  }
}

async function readBeside(medium: SimMedium): Promise<unknown> {
  const reader = await simStorage(boot(medium)).openReader()
  const { damage, ok, commits } = await reader.verify().finally(() => reader.close())
  return { damage, ok, commits }
}

async function torn(): Promise<SimMedium> {
  const medium = await killedLog()
  const { size } = medium.file(first)
  medium.file(first).write(Buffer.from('{"type":"torn'), size)
  return medium.copy()
}

async function adopted(): Promise<SimMedium> {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  medium.plant('/store/old.jsonl', `${records[0]}\n\n${records[1]}\n`)
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  await written(writer, 3, 5)
  await writer.close()
  return medium.copy()
}

/** What is done with a store, by what is wrong with it. */
export const scenes: Readonly<Record<string, () => Promise<Told>>> = {
  async 'nothing is wrong'() {
    const medium = await compacted()
    return { files: changes(new SimMedium(), medium), ...(await cared(medium)) }
  },
  async 'the end is torn'() {
    const medium = await torn()
    const before = medium.copy()
    const told = await opened(medium)
    return { told, files: changes(before, medium), again: await opened(medium) }
  },
  async 'a line has a flipped bit, and one is no line'() {
    const medium = rot(await closedLog(), first, 700)
    const text = medium.file(first).bytes.toString('latin1')
    rewrite(medium, first, Buffer.from(text.replace('{"type":"delete"', '{"typ":"delete"'), 'latin1'))
    return cared(medium)
  },
  async 'a line is gone from each of two segments'() {
    const medium = await compacted()
    for (const path of [...medium.files().keys()]
      .filter((name) => name.includes('/log-'))
      .sort()
      .slice(0, 3)) {
      if (path.includes('archive')) continue
      const lines = medium.file(path).bytes.toString().split('\n')
      rewrite(medium, path, Buffer.from(lines.toSpliced(3, 1).join('\n')))
    }
    return cared(medium)
  },
  'the base is damaged': async () => {
    const medium = await compacted()
    return cared(rot(medium, pathOf(medium, 'base'), 40))
  },
  'the base is gone, and what it rested on in part': async () => {
    const medium = await compacted({ versions: 1 })
    await boot(medium).remove(pathOf(medium, 'base'))
    return cared(medium)
  },
  'the archive is cut': async () => {
    const medium = await compacted()
    const path = pathOf(medium, 'archive')
    rewrite(medium, path, medium.file(path).bytes.subarray(0, 60))
    return cared(medium)
  },
  'the manifest has a flipped bit': async () => cared(rot(await closedLog(), '/store/manifest.json', 90)),
  async 'the manifest is gone'() {
    const medium = await closedLog()
    for (const name of ['manifest.json', 'manifest.prev.json']) await boot(medium).remove(`/store/${name}`)
    return cared(medium)
  },
  async 'an adopted file was edited'() {
    const medium = await adopted()
    const path = '/store/old.jsonl'
    rewrite(medium, path, Buffer.from(medium.file(path).bytes.toString().replace('"n":0', '"n":7')))
    return cared(medium)
  },
  async 'the header is another one'() {
    const medium = await closedLog()
    const other = new SimMedium()
    const { writer } = await simStorage(boot(other), { seed: 9 }).openWriter('other')
    await written(writer, 1, 4)
    await writer.close()
    rewrite(medium, first, other.file(first).bytes)
    return cared(medium)
  },
}
