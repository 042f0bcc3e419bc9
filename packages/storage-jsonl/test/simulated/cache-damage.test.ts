import { boot, SimMedium, seededPick } from '@stateward/conformance'
import type { LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, readAll, recordOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const path = '/store/cache/state.cache'
const content = Uint8Array.from({ length: 300 }, (_, at) => (at * 7) % 251)
const records = Array.from({ length: 6 }, (_, at) => recordOf(`cached-${at}`))

async function saveContent(writer: LogWriter, upTo: number): Promise<void> {
  const outcome = await writer.caches?.save('state', async (put) => {
    await put(content)
    return upTo
  })
  expect(outcome).toEqual({ saved: true })
}

/** A closed store with a cache of its six commits. */
async function cached(seed = 1): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { seed }).openWriter('first')
  await append(writer, records)
  await saveContent(writer, records.length)
  await writer.close()
  return medium
}

/** What an opening gets of the cache: its bytes, or nothing. Says why to whoever listens. */
async function loaded(
  medium: SimMedium,
  lastSeq: number = records.length,
): Promise<{ bytes: Uint8Array | undefined; ignored: number }> {
  let ignored = 0
  const notify = ({ kind }: { readonly kind: string }): void => {
    if (kind === 'cacheIgnored') ignored++
  }
  const { writer } = await simStorage(boot(medium)).openWriter('next', { notify })
  const cache = await writer.caches?.load('state')
  const into = new Uint8Array(cache?.bytes ?? 0)
  const isRead = await cache?.read(into, 0).then(
    () => true,
    () => false,
  )
  expect((await writer.stats()).lastSeq).toBe(lastSeq)
  return { bytes: isRead === true ? into : undefined, ignored }
}

function rewrite(medium: SimMedium, bytes: Uint8Array): void {
  const file = medium.file(path)
  file.truncate(0)
  file.write(bytes, 0)
  file.sync()
}

test('a cache that is whole comes back after a close, and after a kill', async () => {
  const medium = await cached()
  expect(await loaded(medium)).toEqual({ bytes: content, ignored: 0 })
  medium.kill()
  expect(await loaded(medium)).toEqual({ bytes: content, ignored: 0 })
})

test('no flipped bit, truncation or addition makes a cache give anything but what was saved', async () => {
  const whole = await cached()
  const bytes = Buffer.from(whole.file(path).bytes)
  for (let byte = 0; byte < bytes.length; byte++) {
    const flipped = whole.copy()
    flipped.file(path).rot(byte, byte % 8)
    const found = await loaded(flipped)
    expect(found.bytes, `bit ${byte % 8} of byte ${byte}`).toBeUndefined()
    const cut = whole.copy()
    rewrite(cut, bytes.subarray(0, byte))
    expect(await loaded(cut), `cut at ${byte}`).toEqual({ bytes: undefined, ignored: 1 })
  }
  const longer = whole.copy()
  rewrite(longer, Buffer.concat([bytes, bytes.subarray(-19)]))
  expect(await loaded(longer)).toEqual({ bytes: undefined, ignored: 1 })
})

test('a cache of another store, or of a former life of this one, is ignored, however alike they are', async () => {
  const here = await cached(1)
  const other = await cached(2)
  rewrite(here, other.file(path).bytes)
  expect(await loaded(here)).toEqual({ bytes: undefined, ignored: 1 })

  // The same log up to its first close, then two histories of the same length under the same names.
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('first')
  await writer.close()
  const lives: SimMedium[] = []
  for (const word of ['this', 'that']) {
    const life = medium.copy()
    const second = await simStorage(boot(life)).openWriter('second')
    await append(
      second.writer,
      Array.from({ length: 6 }, (_, at) => recordOf(`${word}-${at}`)),
    )
    await saveContent(second.writer, 6)
    await second.writer.close()
    lives.push(life)
  }
  const [one, two] = lives
  if (one === undefined || two === undefined) throw new Error('two lives were lived')
  expect(await loaded(one.copy())).toEqual({ bytes: content, ignored: 0 })
  rewrite(one, two.file(path).bytes)
  expect(await loaded(one)).toEqual({ bytes: undefined, ignored: 1 })
})

test('a file put in the place of the directory of caches costs the cache; the next opening names it', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('first')
  await append(writer, records)
  medium.plant('/store/cache', Buffer.from('mine'))
  const outcome = await writer.caches?.save('state', async () => records.length)
  expect(outcome?.saved).toBe(false)
  await writer.close()
  expect(medium.file('/store/cache').bytes).toEqual(Buffer.from('mine'))
  await expect(simStorage(boot(medium)).openWriter('next')).rejects.toMatchObject({ code: 'INVALID' })
})

test('an opening that verifies tails only finds a damaged end, and leaves damage before it to whoever reads there', async () => {
  const whole = await cached()
  const log = '/store/log-00000001.jsonl'
  const { bytes } = whole.file(log)
  const middle = whole.copy()
  middle.file(log).rot(Buffer.from(bytes).indexOf('cached-2'), 1)
  await expect(simStorage(boot(middle.copy()), { verify: 'full' }).openWriter('full')).rejects.toMatchObject({
    code: 'CORRUPT',
  })
  const { writer } = await simStorage(boot(middle), { verify: 'tail' }).openWriter('tail')
  await expect(readAll(writer)).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(await writer.verify()).toMatchObject({ ok: false, damage: [{ file: 'log-00000001.jsonl' }] })
  const end = whole.copy()
  end.file(log).rot(bytes.length - 30, 1)
  await expect(simStorage(boot(end), { verify: 'tail' }).openWriter('tail')).rejects.toMatchObject({ code: 'CORRUPT' })
  const unended = whole.copy()
  unended.file(log).rot(bytes.length - 1, 1)
  const { recovery } = await simStorage(boot(unended), { verify: 'tail' }).openWriter('tail')
  expect(recovery).toMatchObject({ clean: false, quarantined: [{ file: 'log-00000001.jsonl' }] })
})

test('no step of a cache that fails, and no power cut there, costs anything but the cache', async () => {
  for (let failing = 0, steps = 1; failing < steps; failing++) {
    const medium = await cached()
    const { writer } = await simStorage(boot(medium)).openWriter('next')
    await append(writer, [recordOf('more')])
    let seen = 0
    medium.onStep = ({ path }) => (path.startsWith('/store/cache') && seen++ === failing ? { fail: 'EIO' } : undefined)
    const outcome = await writer.caches?.save('state', async (put) => {
      await put(content)
      return records.length + 1
    })
    medium.onStep = () => undefined
    const afterCut = await loaded(medium.afterPowerCut(seededPick(failing)), records.length + 1)
    if (afterCut.bytes !== undefined) expect(afterCut.bytes, `power cut at step ${failing}`).toEqual(content)
    steps = Math.max(steps, seen)
    await append(writer, [recordOf('and more')])
    const cache = await writer.caches?.load('state')
    expect([records.length, records.length + 1], `step ${failing}`).toContain(cache?.upTo)
    if (outcome?.saved === true) expect(cache?.upTo, `step ${failing}`).toBe(records.length + 1)
    await writer.close()
  }
})
