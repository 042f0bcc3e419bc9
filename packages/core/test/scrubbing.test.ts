import { SimClock } from '@stateward/conformance'
import {
  type LogWriter,
  type ScrubOptions,
  type ScrubPortion,
  StatewardError,
  type Storage,
  type StoreEvent,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import type { ScrubbingOptions } from '../src/integrity/scrub-options.ts'
import { Scrubber } from '../src/integrity/scrubber.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { turns } from './turns.ts'

const bad = { file: 'b', line: 3, byte: 99, reason: 'checksum' }

/** A file of four portions of 1 000 bytes. */
function file(name: string, what: Partial<ScrubPortion> = {}): ScrubPortion[] {
  return [1, 2, 3, 4].map((at) => ({
    file: name,
    bytes: 1_000,
    damage: [],
    ends: at === 4,
    next: { name, at },
    ...(at === 4 ? what : {}),
  }))
}

/** Memory of which it is said that it has these files. */
async function scene(settings: ScrubbingOptions | false, passes: readonly (readonly ScrubPortion[])[]) {
  const inner = memoryStorage()
  const asked: ScrubOptions[] = []
  const ends: unknown[] = []
  let pass = 0
  const writerNow = { isRetired: false }
  const storage: Storage = {
    kind: inner.kind,
    caps: inner.caps,
    openReader: () => inner.openReader(),
    async openWriter(owner, options) {
      const { writer, recovery } = await inner.openWriter(owner, options)
      const scrub: NonNullable<LogWriter['scrub']> = async function* (scrubbing = {}) {
        asked.push(scrubbing)
        const { from, signal } = scrubbing
        const portions = passes[from === undefined ? pass++ : pass - 1] ?? []
        const start = from === undefined ? 0 : portions.findIndex(({ next }) => next === from) + 1
        try {
          for (const portion of portions.slice(start)) {
            if (writerNow.isRetired) throw new StatewardError('CLOSED', 'retired')
            if (signal?.aborted) throw new StatewardError('ABORTED', 'aborted')
            yield portion
          }
        } finally {
          ends.push(signal?.aborted)
        }
      }
      return { recovery, writer: scrubbed(writer, scrub) }
    },
  }
  const clock = new SimClock()
  const told: StoreEvent[] = []
  const { state } = await openTiny({
    storage,
    time: Object.assign(clock, { at: 0, text: '' }),
    timers: clock,
    scrub: settings,
    compaction: false,
    onEvent: (event) => void told.push(event),
  })
  const letPass = async (ms: number): Promise<void> => {
    clock.pass(ms)
    await turns(10)
  }
  return { state, clock, told, asked, ends, writerNow, pass: letPass }
}

function scrubbed(writer: LogWriter, scrub: NonNullable<LogWriter['scrub']>): LogWriter {
  return new Proxy(writer, {
    get(target, key) {
      const value: unknown = key === 'scrub' ? scrub : Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

test('a pass begins ten seconds after the opening, reads no faster than it may, and tells what it finds', async () => {
  const { state, told, pass } = await scene({ everyMs: 60_000, bytesPerSecond: 2_000 }, [
    [...file('a'), ...file('b', { damage: [bad] })],
  ])
  await pass(9_999)
  expect(told).toEqual([])
  await pass(1)
  expect(told).toEqual([{ kind: 'scrub', phase: 'started' }])
  for (let at = 1; at <= 7; at++) {
    expect((await state.stats()).scrub?.bytes).toBe(at * 1_000)
    await pass(499)
    expect((await state.stats()).scrub?.bytes, 'not before its time').toBe(at * 1_000)
    await pass(1)
  }
  expect(told.slice(1)).toEqual([{ kind: 'scrub', phase: 'damaged', code: 'CORRUPT', damage: [bad] }])
  expect(await state.stats()).toMatchObject({ health: 'ok', scrub: { passes: 0, damaged: 1, damage: [bad] } })
  await pass(500)
  expect(told.at(-1)).toEqual({ kind: 'scrub', phase: 'finished', files: 2, bytes: 8_000, damaged: 1 })
  expect((await state.stats()).scrub).toMatchObject({ passes: 1, lastPass: '2026-01-01T00:00:14.000Z', damaged: 1 })
  await state.task.create({ id: 'writes go on' })
  await state.close()
})

test('the next pass begins when it is time; what it finds whole, or not at all, is no damage any more', async () => {
  const { state, told, asked, pass } = await scene({ everyMs: 60_000, bytesPerSecond: 1_000_000 }, [
    [
      ...file('a', { damage: [{ ...bad, file: 'a' }] }),
      ...file('b', { damage: [bad] }),
      ...file('c', { damage: [{ ...bad, file: 'c' }] }),
    ],
    [...file('b'), ...file('c', { unread: new StatewardError('STORAGE_FAILED', 'reading c again: EIO') })],
  ])
  await pass(10_000)
  for (let at = 0; at < 12; at++) await pass(1)
  expect((await state.stats()).scrub).toMatchObject({ passes: 1, damaged: 3 })
  await pass(59_987)
  expect(asked).toHaveLength(1)
  await pass(1)
  expect(asked).toHaveLength(2)
  for (let at = 0; at < 8; at++) await pass(1)
  expect(told.slice(-2)).toEqual([
    { kind: 'scrub', phase: 'failed', code: 'STORAGE_FAILED', message: 'reading c again: EIO' },
    { kind: 'scrub', phase: 'finished', files: 2, bytes: 8_000, damaged: 1 },
  ])
  expect((await state.stats()).scrub).toMatchObject({ passes: 2, damage: [{ file: 'c' }] })
  await state.close()
})

test('after its writer has retired a pass goes on where it was', async () => {
  const { state, told, asked, writerNow, pass } = await scene({ bytesPerSecond: 1_000_000 }, [
    [...file('a'), ...file('b')],
  ])
  await pass(10_000)
  await pass(1)
  writerNow.isRetired = true
  await pass(1)
  writerNow.isRetired = false
  await pass(10_000)
  for (let at = 0; at < 8; at++) await pass(1)
  expect(asked.map(({ from }) => from)).toEqual([undefined, { name: 'a', at: 2 }])
  expect(told.map((event) => 'phase' in event && event.phase)).toEqual(['started', 'finished'])
  expect(told.at(-1)).toMatchObject({ files: 2, bytes: 8_000 })
  await state.close()
})

test('closing the store ends a pass in the middle of a pause, and lets go of it', async () => {
  const { state, ends, told, pass } = await scene({ bytesPerSecond: 1_024 }, [file('a')])
  await pass(10_000)
  expect(ends).toEqual([])
  await state.close()
  expect(ends).toEqual([true])
  await pass(1_000_000)
  expect(told.map((event) => 'phase' in event && event.phase)).toEqual(['started'])
})

test('of a writer that cannot scrub, as that of a log reopened as damaged, nothing is told', async () => {
  const clock = new SimClock()
  const told: StoreEvent[] = []
  const writer = { scrub: undefined } as unknown as LogWriter
  const scrubber = new Scrubber({
    settings: { everyMs: 1_000, bytesPerSecond: 1_024 },
    clock,
    setTimer: (callback, ms) => clock.after(ms, callback),
    writer: () => writer,
    tell: (event) => void told.push(event),
    failed: (error) => void told.push({ kind: 'stopped', code: 'INVALID', message: String(error) }),
  })
  scrubber.start()
  for (let at = 0; at < 5; at++) {
    clock.pass(10_000)
    await turns(5)
  }
  scrubber.stop()
  await scrubber.settled()
  expect(told).toEqual([])
  expect(scrubber.stats).toEqual({ passes: 0, bytes: 0, damaged: 0, damage: [] })
})

test('of damage everywhere the first places are told, and all are counted', async () => {
  const places = Array.from({ length: 150 }, (_, line) => ({ ...bad, file: 'a', line }))
  const { state, told, pass } = await scene({ bytesPerSecond: 1_000_000 }, [
    [...file('a', { damage: places }), ...file('b', { damage: [bad] })],
  ])
  await pass(10_000)
  for (let at = 0; at < 8; at++) await pass(1)
  const damaged = told.flatMap((event) => (event.kind === 'scrub' && event.phase === 'damaged' ? event.damage : []))
  expect(damaged).toHaveLength(100)
  const { scrub } = await state.stats()
  expect(scrub?.damaged).toBe(151)
  expect(scrub?.damage).toHaveLength(100)
  await state.close()
})

test('nothing is read again where nobody wants it, or where the storage cannot', async () => {
  const { state, asked, pass } = await scene(false, [file('a')])
  await pass(1_000_000_000)
  expect(asked).toEqual([])
  expect((await state.stats()).scrub).toBeUndefined()
  await state.close()
  const { state: plain } = await openTiny()
  expect((await plain.stats()).scrub).toBeUndefined()
  await plain.close()
})

test.each<[string, unknown]>([
  ['everyMs', 999],
  ['everyMs', 2_147_483_648],
  ['bytesPerSecond', 1_023],
  ['bytesPerSecond', 1.5],
  ['often', true],
])('scrub.%s: %s is INVALID', async (name, value) => {
  expect(await codeOf(openTiny({ scrub: { [name]: value } }))).toBe('INVALID')
})

test('scrub is an object or false', async () => {
  for (const scrub of [true, 7, 'often', null])
    expect(await codeOf(openTiny({ scrub: scrub as unknown as false }))).toBe('INVALID')
})
