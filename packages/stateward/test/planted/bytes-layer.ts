import { deepEqual, ok } from 'node:assert/strict'
import { boot, SimMedium } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { append, readAll, recordOf, textOf } from '../../../storage-jsonl/test/records.ts'
import { simStorage } from '../../../storage-jsonl/test/simulated/sim-storage.ts'

const first = '/store/log-00000001.jsonl'
const records = Array.from({ length: 12 }, (_, index) => recordOf(index + 1, index % 3))
const texts = records.map(textOf)

/** Every bit flipped and every line dropped, doubled or swapped, every byte cut off; files gone or of another log. */
export async function bytesLayer(): Promise<void> {
  const killed = await store(false)
  const closed = await store(true)
  const { size } = killed.file(first)
  for (let at = 0; at < size * 8; at += 7) {
    const medium = killed.copy()
    medium.file(first).rot(at >> 3, at & 7)
    // The last batch alone is not proven; of it the last line feed makes a torn line.
    await look(medium, at >> 3 === size - 1 ? 8 : 12, `bit ${at}`)
  }
  for (let at = 0; at < size; at += 13) {
    const medium = killed.copy()
    medium.file(first).truncate(at)
    await look(medium, 0, `cut at ${at}`)
  }
  for (const [index, lines] of changed(closed.file(first).bytes.toString()).entries()) {
    const medium = closed.copy()
    medium.file(first).truncate(0)
    medium.file(first).write(Buffer.from(`${lines.join('\n')}\n`), 0)
    await look(medium, 12, `change ${index}`)
  }
  await zeroed(killed)
  await strangers(closed)
  await otherCache(closed)
}

/** A sector of zeros in the middle looks as a write that was cut short, and what stands behind it says that it was not. */
async function zeroed(killed: SimMedium): Promise<void> {
  for (const sector of [0, 1]) {
    const medium = killed.copy()
    medium.file(first).write(Buffer.alloc(512), sector * 512)
    await look(medium, 8, `sector ${sector}`)
  }
}

async function store(isClosed: boolean, seed = 1): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { seed }).openWriter('bytes')
  for (let at = 0; at < 12; at += 4) await append(writer, records.slice(at, at + 4))
  if (isClosed) await writer.close()
  medium.kill()
  return medium.copy()
}

/** Right data, at least so many commits of it, or a refusal that changes nothing. */
async function look(medium: SimMedium, least: number, context: string): Promise<void> {
  const before = medium.contents()
  try {
    const { writer } = await simStorage(boot(medium)).openWriter('look')
    const served = await readAll(writer)
    deepEqual(served, texts.slice(0, served.length), context)
    ok(served.length >= least, `${context}: ${served.length} commits`)
  } catch (error) {
    if (!hasCode(error, 'CORRUPT') && !hasCode(error, 'UNSUPPORTED')) throw error
    deepEqual(medium.contents(), before, `${context}: a refused open changes nothing`)
  }
}

function changed(text: string): string[][] {
  const lines = text.trimEnd().split('\n')
  return lines.flatMap((line, at) => [
    lines.toSpliced(at, 1),
    lines.toSpliced(at, 0, line),
    ...(at === 0 ? [] : [lines.toSpliced(at - 1, 2, line, lines[at - 1] ?? '')]),
  ])
}

/** Files that are of another log, or of this one and newer than its manifest. */
async function strangers(closed: SimMedium): Promise<void> {
  const other = await store(true, 99)
  const mixed = closed.copy()
  mixed.plant('/store/log-00000009.jsonl', other.file(first).bytes)
  await refused(mixed, 'a segment of another log beside it')
  const swapped = closed.copy()
  swapped.file(first).truncate(0)
  swapped.file(first).write(other.file(first).bytes, 0)
  await refused(swapped, 'a segment of another log in its place')
  const longer = closed.copy()
  for (const name of ['second', 'third']) {
    const { writer } = await simStorage(boot(longer)).openWriter(name)
    await append(writer, [recordOf(name)])
    await writer.close()
  }
  longer.file('/store/manifest.json').truncate(0)
  longer.file('/store/manifest.json').write(closed.file('/store/manifest.json').bytes, 0)
  await refused(longer, 'a manifest older than its log')
}

/** Two logs that were one until their last commits, which are equally long: the cache of one does not fit the other. */
async function otherCache(closed: SimMedium): Promise<void> {
  const one = await cached(closed, 'one')
  const two = await cached(closed, 'two')
  const path = '/store/cache/some.cache'
  two.file(path).truncate(0)
  two.file(path).write(one.file(path).bytes, 0)
  const { writer } = await simStorage(boot(two)).openWriter('two')
  deepEqual(await writer.caches?.load('some'), undefined, 'a cache of another log')
}

async function cached(closed: SimMedium, name: string): Promise<SimMedium> {
  const medium = closed.copy()
  const { writer } = await simStorage(boot(medium)).openWriter('cached')
  await append(writer, [recordOf(name)])
  const saved = await writer.caches?.save('some', async (put) => {
    await put(Buffer.from(name))
    return texts.length + 1
  })
  deepEqual(saved, { saved: true })
  await writer.close()
  return medium
}

async function refused(medium: SimMedium, context: string): Promise<void> {
  const opening = simStorage(boot(medium)).openWriter('refused')
  const code = await opening.then(
    () => 'opened',
    (error: unknown) => (hasCode(error, 'CORRUPT') ? 'refused' : String(error)),
  )
  deepEqual(code, 'refused', context)
}
