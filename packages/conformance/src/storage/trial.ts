import assert from 'node:assert/strict'
import type { Appended, AppendOptions, Durability, LogReader, LogWriter, Seq, Storage } from '@stateward/contract'
import { type Bench, type Case, CaseSkipped, caseOf } from '../case.ts'
import { encode } from './lines.ts'
import { assertPtrs } from './read-back.ts'

/** A fresh log, and what the medium can do beside it. */
export interface OpenedStorage {
  /** A log that nobody has written to. Nothing of it is open. */
  readonly storage: Storage
  /**
   * The same medium as a new process would see it, once every reader and writer of the former storage is closed. Leave
   * it out when nothing outlives the object: the cases that need it then count as skipped.
   */
  readonly reopen?: () => Promise<Storage>
  /** A second storage on the same log, at the same time, as another process would have it. */
  readonly twin?: () => Promise<Storage>
  /** Removes the medium. Called once, after everything that was opened has been closed. */
  readonly dispose?: () => Promise<void>
}

export type OpenStorage = () => Promise<OpenedStorage>
export type StorageCase = Case<OpenStorage>

/** What the body of a case works with. Whatever it opens here is closed after it. */
export class Trial implements Bench {
  readonly storage: Storage
  readonly subject: string
  readonly #opened: OpenedStorage
  readonly #readers: LogReader[] = []
  readonly #atEnd: (() => void)[] = []
  #commits = 0

  constructor(opened: OpenedStorage) {
    this.#opened = opened
    this.storage = opened.storage
    this.subject = `storage ${opened.storage.kind}`
  }

  /** The strongest level on offer. */
  get level(): Durability {
    const level = (['commit', 'interval', 'none'] as const).find((one) => this.storage.caps.survives[one] !== undefined)
    assert(level !== undefined, 'a storage offers at least one level of durability: caps.survives is empty')
    return level
  }

  async writer(storage: Storage = this.storage): Promise<LogWriter> {
    const { writer } = await storage.openWriter('conformance')
    this.#readers.push(writer)
    return writer
  }

  async reader(storage: Storage = this.storage): Promise<LogReader> {
    const reader = await storage.openReader()
    this.#readers.push(reader)
    return reader
  }

  /** Closes everything that is open and gives the medium as a new process would see it. */
  async reopened(): Promise<Storage> {
    if (this.#opened.reopen === undefined) throw new CaseSkipped()
    await Promise.all(this.#readers.map((reader) => reader.close()))
    return this.#opened.reopen()
  }

  async twin(): Promise<Storage> {
    if (this.#opened.twin === undefined) throw new CaseSkipped()
    return this.#opened.twin()
  }

  /** Appends lines behind commit `expectedSeq` and looks at the answer. */
  append(
    writer: LogWriter,
    expectedSeq: Seq,
    lines: readonly string[],
    options: Partial<AppendOptions> = {},
  ): Promise<Appended> {
    const appending = this.#append(writer, expectedSeq, lines, options)
    // A case that fails leaves the rest of its appends behind: their failures would only hide its own.
    appending.catch(() => undefined)
    return appending
  }

  async #append(
    writer: LogWriter,
    expectedSeq: Seq,
    lines: readonly string[],
    options: Partial<AppendOptions>,
  ): Promise<Appended> {
    const given = { expectedSeq, commitId: this.commitId(), durability: this.level, ...options }
    const appended = await writer.append(lines.map(encode), given)
    assert.equal(appended.lastSeq, expectedSeq + lines.length, 'append answers the seq of its last record')
    assert.equal(appended.ptrs.length, lines.length, 'append answers one pointer a record')
    assertPtrs(appended.ptrs)
    return appended
  }

  commitId(): string {
    this.#commits += 1
    return `commit-${this.#commits}`
  }

  /** A signal that aborts at the end of the case at the latest. */
  abortable(): AbortController {
    const controller = new AbortController()
    this.atEnd(() => controller.abort())
    return controller
  }

  /** Has `undo` called when the case is over, however it went. */
  atEnd(undo: () => void): void {
    this.#atEnd.push(undo)
  }

  async close(): Promise<void> {
    for (const undo of this.#atEnd) undo()
    // A case may have closed, fenced or broken what it opened; whether that works is what other cases look at.
    await Promise.allSettled(this.#readers.map((reader) => reader.close()))
    await this.#opened.dispose?.()
  }
}

/** A case of the storage contract. `promise` is what the contract says. */
export function storageCase(promise: string, body: (trial: Trial) => Promise<void>): StorageCase {
  return caseOf('storage', promise, async (open: OpenStorage) => new Trial(await open()), body)
}
