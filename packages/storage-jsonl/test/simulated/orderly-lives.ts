import { SimClock, simMachine } from '@stateward/conformance'
import type { BaseChunk, LogWriter } from '@stateward/contract'
import { expect } from 'vitest'
import {
  acknowledgeSalvage,
  backupLog,
  type CareOptions,
  type JsonlStorage,
  repairLog,
  resealLog,
  salvageLog,
} from '../../src/index.ts'
import { append, readAll, recordOf } from '../records.ts'
import type { OrderlyDisk } from './orderly-disk.ts'
import { type SimStorageOptions, simStorage } from './sim-storage.ts'

/** Whoever waits for time waits for a turn. */
class HastyClock extends SimClock {
  override after(ms: number, action: () => void): () => void {
    const cancel = super.after(ms, action)
    setImmediate(() => this.pass(ms))
    return cancel
  }
}

const first = '/store/log-00000001.jsonl'
const noteOf = (rev: number): Buffer =>
  Buffer.from(JSON.stringify({ type: 'note', timestamp: '2026-01-01T00:00:00.000Z', data: { id: 'n', rev }, rev }))

function store(disk: OrderlyDisk, options: SimStorageOptions = {}): JsonlStorage {
  return simStorage(disk, { segmentBytes: 4_096, ballastBytes: 8_192, ...options })
}

function careOf(disk: OrderlyDisk): CareOptions {
  const clock = new HastyClock()
  return { dir: '/store', fs: disk, clock, timers: clock, machine: simMachine }
}

async function* rowsUpTo(upTo: number): AsyncGenerator<BaseChunk> {
  yield { seqs: [1, upTo], records: [recordOf('row', 10), recordOf('row too', 700)] }
}

/** Runs a call, and sees that nothing of it goes on behind its end. */
export type Calm = <T>(what: string, call: () => Promise<T>) => Promise<T>

/** A part of the life of a store. */
export interface Life {
  /** Makes what the life begins with, on a disk that is not looked at. */
  readonly before?: (disk: OrderlyDisk) => Promise<void>
  readonly live: (disk: OrderlyDisk, calm: Calm) => Promise<void>
}

async function fill(writer: LogWriter, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq++) await append(writer, [recordOf(seq, 150)])
}

async function saved(writer: LogWriter, upTo: number): Promise<unknown> {
  return writer.caches?.save('state', (put) => put(Buffer.from('s')).then(() => upTo))
}

/** A closed log of several segments. */
async function written(disk: OrderlyDisk): Promise<void> {
  const { writer } = await store(disk).openWriter('before')
  await fill(writer, 1, 30)
  await writer.close()
}

/** A closed log with everything that there is: a base, an archive, segments, a cache. */
async function compacted(disk: OrderlyDisk): Promise<void> {
  const { writer } = await store(disk).openWriter('before')
  await fill(writer, 1, 30)
  await writer.saveBase(30, rowsUpTo(30))
  await writer.truncate(30)
  await fill(writer, 31, 40)
  await writer.close()
}

const isOf = (kind: string) => (path: string) => path.startsWith(`/store/${kind}`)
const pathOf = ({ medium }: OrderlyDisk, kind: string): string => [...medium.files().keys()].find(isOf(kind)) ?? ''

/** What befalls a store, by what it is. */
export const lives: Readonly<Record<string, Life>> = {
  'a log is made in a directory that is not there, rotates, is compacted, scrubbed, closed and opened again': {
    async live(disk, calm) {
      const storage = store(disk, { dir: '/a/store', retention: { versions: 1 } })
      for (let opening = 1; opening <= 2; opening++) {
        const { writer } = await calm('opening', () => storage.openWriter('writer'))
        try {
          for (let rev = 1; rev <= 18; rev++)
            await calm('append', () => append(writer, [rev % 2 === 0 ? noteOf(rev) : recordOf(rev, 150)]))
          const { lastSeq } = await writer.stats()
          await calm('cache', () => saved(writer, lastSeq))
          await calm('base', () => writer.saveBase(lastSeq - 4, rowsUpTo(lastSeq - 4)))
          await calm('truncate', () => writer.truncate(lastSeq - 4, { newestRev: () => 18 }))
          for await (const _ of writer.scrub?.() ?? []) expect(disk.underWay).toEqual([])
          await calm('verify', () => writer.verify())
        } finally {
          await calm('closing', () => writer.close())
        }
      }
    },
  },
  'a killed log is recovered: its unproven end is written again, its torn end kept aside': {
    async before(disk) {
      const { writer } = await store(disk).openWriter('killed')
      await fill(writer, 1, 15)
      await append(writer, [recordOf(16), recordOf(17)])
      const path = [...disk.medium.files().keys()].filter(isOf('log')).sort().at(-1) ?? ''
      const file = disk.medium.file(path)
      file.write(Buffer.from('{"type":"torn'), file.size)
    },
    async live(disk, calm) {
      const { writer } = await calm('opening', () => store(disk).openWriter('recovers'))
      await calm('closing', () => writer.close())
    },
  },
  'a log is opened by a pid file, and what is to be salvaged is': {
    async before(disk) {
      await written(disk)
      disk.medium.file(first).rot(700, 3)
    },
    async live(disk, calm) {
      const storage = store(disk, { lock: 'pidfile', recovery: 'salvage' })
      const { writer } = await calm('opening', () => storage.openWriter('salvages'))
      await calm('closing', () => writer.close())
      await calm('acknowledging', () => acknowledgeSalvage(careOf(disk)))
    },
  },
  'a log is opened by a pid file in place of that of a dead process': {
    async before(disk) {
      await written(disk)
      const dead = { pid: 8, host: 'simulated', since: 'once', nonce: 'n', method: 'pidfile' }
      disk.medium.plant('/store/LOCK', JSON.stringify(dead))
    },
    async live(disk, calm) {
      const { writer } = await calm('opening', () => store(disk, { lock: 'pidfile' }).openWriter('writer'))
      await calm('closing', () => writer.close())
    },
  },
  'a full disk is written to, given room, and written to again': {
    before: written,
    async live(disk, calm) {
      const clock = new SimClock()
      const { medium } = disk
      medium.capacityBytes = Number.MAX_SAFE_INTEGER
      const storage = store(disk, { clock, timers: clock, roomCheckMs: 1_000 })
      const { writer } = await calm('opening', () => storage.openWriter('writer'))
      try {
        medium.capacityBytes = [...medium.files().values()].reduce((sum, { size }) => sum + size, 0) + 9_000
        const full = fill(writer, 1, 90)
        await expect(full).rejects.toMatchObject({ code: expect.stringMatching(/^(FULL|UNKNOWN|STORAGE_FAILED)$/) })
        medium.capacityBytes = Number.MAX_SAFE_INTEGER
        clock.pass(1_000)
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
        await calm('append', () => append(writer, [recordOf('room')]))
      } finally {
        medium.capacityBytes = Number.MAX_SAFE_INTEGER
        await calm('closing', () => writer.close())
      }
    },
  },
  'a base, an archive and a segment are salvaged': {
    async before(disk) {
      await compacted(disk)
      for (const kind of ['base', 'archive', 'log']) {
        const file = disk.medium.file(pathOf(disk, kind))
        file.rot(file.size - 300, 1)
      }
    },
    live: async (disk, calm) => void (await calm('salvage', () => salvageLog(careOf(disk)))),
  },
  'a segment and the manifest are repaired': {
    async before(disk) {
      await written(disk)
      disk.medium.file(first).rot(700, 3)
      disk.medium.file('/store/manifest.json').rot(60, 2)
      disk.medium.plant('/store/log-00000099.jsonl.tmp', 'half')
    },
    live: async (disk, calm) => void (await calm('repair', () => repairLog({ ...careOf(disk), dryRun: false }))),
  },
  'an edited segment is resealed': {
    async before(disk) {
      await written(disk)
      const text = disk.medium.file(first).bytes.toString()
      disk.medium.plant(first, text.replace('"id":"p2"', '"id":"p0"'))
    },
    live: async (disk, calm) => void (await calm('reseal', () => resealLog({ ...careOf(disk), dryRun: false }))),
  },
  'a store is backed up, and what is new of it behind that': {
    before: compacted,
    async live(disk, calm) {
      await calm('first', () => backupLog({ ...careOf(disk), to: '/copy' }))
      const { writer } = await calm('opening', () => store(disk).openWriter('goes on'))
      await fill(writer, 41, 60).finally(() => calm('closing', () => writer.close()))
      await calm('second', () => backupLog({ ...careOf(disk), to: '/copy' }))
    },
  },
  'a reader looks at all that there is': {
    before: compacted,
    async live(disk, calm) {
      const reader = await calm('opening', () => store(disk).openReader())
      await calm('reading', () => readAll(reader))
      for await (const { ptrs } of reader.readKept?.(1) ?? []) await calm('fetching', () => reader.fetch(ptrs))
      await calm('verifying', () => reader.verify())
      await calm('closing', () => reader.close())
    },
  },
}
