import { boot, type Pick, SimClock, type SimMedium } from '@stateward/conformance'
import { type BaseChunk, type Durability, type ErrorCode, hasCode, type LogWriter, type Seq } from '@stateward/contract'
import type { JsonlStorage } from '../../src/index.ts'
import { recordOf } from '../records.ts'
import type { DiskFault } from './disk-fault.ts'
import { expectThat, servedBy } from './served-by.ts'
import { simStorage } from './sim-storage.ts'

type Action = 'append' | 'idle' | 'base' | 'truncate' | 'cache' | 'reopen' | 'read'

/** Workloads by what they do most of. */
export const faultyMixes: readonly (readonly Action[])[] = [
  ['append', 'append', 'append', 'append', 'append', 'idle', 'read'],
  ['append', 'base', 'truncate', 'cache', 'append', 'base', 'truncate'],
  ['append', 'reopen', 'append', 'base', 'reopen', 'append'],
]

/** What an operation that does not write commits may be told when the disk fails. */
const failures: readonly ErrorCode[] = ['FULL', 'STORAGE_FAILED']
const appendFailures: readonly ErrorCode[] = [...failures, 'UNKNOWN', 'CONFLICT']

/** A workload on a disk that may fail: it takes each answer for what it says, and goes on. */
export class FaultyWork {
  /** The commits that are in the log or may be: those that were refused are not among them. */
  readonly given: Buffer[] = []
  /** Up to here acknowledged at any level. */
  acknowledged: Seq = 0
  /** Up to here acknowledged at the level `commit`. */
  durable: Seq = 0
  writer: LogWriter | undefined
  readonly #clock = new SimClock()
  readonly #storage: JsonlStorage
  readonly #pick: Pick
  readonly #fault: DiskFault
  #isStopped = false
  #based: Seq = 0
  #records = 0

  constructor(medium: SimMedium, { fault, pick }: { fault: DiskFault; pick: Pick }) {
    this.#fault = fault
    this.#pick = pick
    this.#storage = simStorage(boot(medium), { segmentBytes: 4_096, clock: this.#clock, timers: this.#clock })
  }

  /** One step of a workload. A store that could not be opened is tried again first. */
  async act(action: Action): Promise<void> {
    if (this.writer === undefined) await this.open()
    const { writer } = this
    if (writer === undefined) return
    if (action === 'append') await this.#burst(writer)
    else if (action === 'idle') await this.pass()
    else if (action === 'read') await this.#mayFail(servedBy(writer, this.given), failures)
    else if (action === 'truncate') await this.#mayFail(writer.truncate(this.#pick(this.given.length + 1)), failures)
    else if (action === 'base') await this.#base(writer)
    else if (action === 'cache') await this.#cache(writer)
    else {
      await this.close()
      await this.open()
    }
  }

  /** Opens the store, and holds what it serves against what was acknowledged. */
  async open(): Promise<void> {
    const opened = await this.#mayFail(this.#storage.openWriter('faulty'), failures)
    if (opened === undefined) return
    this.writer = opened.writer
    this.#isStopped = false
    this.#fault.isSyncOfLog = false
    const served = await this.#mayFail(servedBy(opened.writer, this.given), failures)
    // Where reading fails the tail is known all the same.
    const { lastSeq } = opened.recovery
    expectThat(served === undefined || served === lastSeq, () => `the report says ${lastSeq}, ${served} are served`)
    expectThat(lastSeq >= this.acknowledged, () => `${this.acknowledged} were acknowledged, ${lastSeq} recovered`)
    this.given.length = lastSeq
    this.acknowledged = lastSeq
    this.durable = lastSeq
  }

  async close(): Promise<void> {
    const { writer } = this
    this.writer = undefined
    await this.#mayFail(writer?.close() ?? Promise.resolve(), failures)
  }

  /** Lets the time pass in which a writer looks for room, proves and syncs. */
  async pass(): Promise<void> {
    this.#clock.pass(6_000)
    for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Appends one commit; resolves with what it was told, or `undefined` when it was taken. */
  async appendOne(durability: Durability = 'commit'): Promise<ErrorCode | undefined> {
    const { writer, given } = this
    if (writer === undefined) throw new Error('the store is not open')
    const expectedSeq = given.length
    const records = Array.from({ length: 1 + this.#pick(3) }, () =>
      recordOf(++this.#records, this.#pick(4) * this.#pick(250)),
    )
    given.push(...records)
    try {
      const { lastSeq } = await writer.append(records, { expectedSeq, commitId: `c${this.#records}`, durability })
      expectThat(!this.#isStopped, () => 'an append was taken by a writer that had stopped')
      this.acknowledged = Math.max(this.acknowledged, lastSeq)
      if (durability === 'commit') this.durable = Math.max(this.durable, lastSeq)
      return undefined
    } catch (error) {
      const code = this.#codeOf(error, appendFailures)
      expectThat(!this.#isStopped || code === 'STORAGE_FAILED', () => `a writer that has stopped says ${code}`)
      if (code !== 'UNKNOWN') given.length = Math.min(given.length, expectedSeq)
      return code
    }
  }

  async #burst(writer: LogWriter): Promise<void> {
    const levels: readonly Durability[] = ['commit', 'commit', 'commit', 'interval', 'none']
    const told = await Promise.all(
      Array.from({ length: 1 + this.#pick(3) }, () => this.appendOne(levels[this.#pick(levels.length)])),
    )
    this.#isStopped ||= told.includes('UNKNOWN')
    const { health } = await this.#healthOf(writer)
    const mustStop = this.#isStopped || this.#fault.isSyncOfLog
    expectThat(!mustStop || health === 'failed', () => `behind ${told} and a failed sync the writer is ${health}`)
    expectThat(told[0] !== 'CONFLICT', () => 'the first append of a turn is told CONFLICT')
  }

  async #base(writer: LogWriter): Promise<void> {
    const upTo = Math.max(this.#based, this.acknowledged - this.#pick(Math.min(4, this.acknowledged + 1)))
    const saved = await this.#mayFail(writer.saveBase(upTo, rowsOf(this.given, upTo)), failures)
    if (saved !== undefined) this.#based = upTo
  }

  async #cache(writer: LogWriter): Promise<void> {
    const upTo = this.acknowledged
    const saved = await writer.caches?.save('state', async (put) => {
      await put(cacheOf(this.given, upTo))
      return upTo
    })
    expectThat(saved?.saved === true || this.#fault.failed !== undefined, () => 'a cache was not saved')
    await assertCache(writer, this.given)
  }

  async #healthOf(writer: LogWriter): Promise<{ health?: string | undefined }> {
    return (await this.#mayFail(writer.stats(), failures)) ?? { health: 'failed' }
  }

  /** Resolves with `undefined` where the disk has failed and the answer says so rightly. */
  async #mayFail<T>(done: Promise<T>, codes: readonly ErrorCode[]): Promise<T | undefined> {
    return done.catch((error: unknown) => {
      this.#codeOf(error, codes)
      return undefined
    })
  }

  /** The code of an answer that may be given, now that the disk has failed. */
  #codeOf(error: unknown, codes: readonly ErrorCode[]): ErrorCode {
    const code = codes.find((known) => hasCode(error, known))
    if (code === undefined || this.#fault.failed === undefined) throw error
    return code
  }
}

/** Every third commit, as a row. */
async function* rowsOf(given: readonly Buffer[], upTo: Seq): AsyncGenerator<BaseChunk> {
  const seqs = Array.from({ length: Math.floor(upTo / 3) }, (_, index) => (index + 1) * 3)
  yield { seqs, records: seqs.map((seq) => given[seq - 1] ?? Buffer.alloc(0)) }
}

function cacheOf(given: readonly Buffer[], upTo: Seq): Buffer {
  return Buffer.concat([Buffer.from(`up to ${upTo} `), given[upTo - 1] ?? Buffer.alloc(0)])
}

/** A cache is given out as it was saved, or not at all. */
export async function assertCache(writer: LogWriter, given: readonly Buffer[]): Promise<void> {
  const cache = await writer.caches?.load('state')
  if (cache === undefined) return
  const bytes = Buffer.alloc(cache.bytes)
  const isRead = await cache.read(bytes, 0).then(
    () => true,
    (error: unknown) => {
      if (!hasCode(error, 'STORAGE_FAILED')) throw error
      return false
    },
  )
  await cache.close()
  expectThat(!isRead || bytes.equals(cacheOf(given, cache.upTo)), () => `the cache up to ${cache.upTo} is another`)
}
