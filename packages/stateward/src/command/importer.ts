import { createHash } from 'node:crypto'
import { type Endpoint, hasCode, type Operation, type StoredRecord } from '@stateward/contract'
import type { ImportEntry } from './import-entry.ts'
import type { ImportChange, ImportLine, ImportPut } from './import-line.ts'
import { addRefusal, emptyReport, type ImportReport } from './import-report.ts'

export interface ImportOptions {
  /** A record may be named more than once: the input is in the form of the log, and not one record a line. */
  readonly isLog: boolean
  /** Who writes, for lines that do not say. */
  readonly actor?: string | undefined
  /** Aborted: what is under way is finished, and no further line is begun. */
  readonly signal: AbortSignal
  /** Whether the store makes the ids of a type, so that none is used twice. */
  readonly makesIds: (type: string) => boolean
  readonly progress: (upTo: number, report: ImportReport) => void
}

type Changes = Extract<ImportLine, { kind: 'changes' }>

interface Prepared {
  readonly operations: readonly Operation[]
  /** Whether the one record that is asked for was there before. */
  readonly isThere: boolean
}

/** Writes under way at the same time: enough for the store to commit them in groups. */
const window = 1_024
const windowBytes = 8_388_608
/** Lines that wait for what they refer to. */
const deferredMost = 100_000
/** Refusals that say nothing of the line itself: what it refers to may stand further down. */
const perhapsLater = ['INVALID_REFERENCE', 'ILLEGAL_TRANSITION'] as const
/** Refusals that are about this line only; any other one ends the import. */
const ofTheLine: ReadonlySet<unknown> = new Set([
  'INVALID',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'CONFLICT',
  'INVALID_REFERENCE',
  'RESTRICTED',
  'ILLEGAL_TRANSITION',
  'TOO_LARGE',
])

/** Takes the lines in, in order, and tells what became of each. Rejects when the store itself fails. */
export async function importAll(
  endpoint: Endpoint,
  entries: AsyncIterable<ImportEntry>,
  options: ImportOptions,
): Promise<ImportReport> {
  const importer = new Importer(endpoint, options)
  for await (const entry of entries) {
    if (options.signal.aborted) break
    await importer.take(entry)
  }
  return importer.finish()
}

class Importer {
  readonly #endpoint: Endpoint
  readonly #options: ImportOptions
  readonly #report = emptyReport()
  readonly #hash = createHash('sha256')
  readonly #underWay = new Set<Promise<void>>()
  #underWayBytes = 0
  #oneIsDone: () => void = () => {}
  #records = 0
  /** Records that a line of this import has named, while it is under way where no other one needs to know; and those that one has deleted. */
  readonly #seen = new Set<string>()
  readonly #deleted = new Set<string>()
  #deferred: { readonly number: number; readonly line: Changes }[] = []
  #failure: unknown

  constructor(endpoint: Endpoint, options: ImportOptions) {
    this.#endpoint = endpoint
    this.#options = options
  }

  async take(given: ImportEntry): Promise<void> {
    this.#report.lines = given.number
    try {
      const line = given.read()
      if (line.kind === 'end') this.#check(line)
      else if (given.bytes !== undefined) this.#hash.update(given.bytes)
      if (line.kind === 'changes') await this.#begin(given, line)
      else this.#report.skipped++
    } catch (error) {
      this.#refuse(given.number, error)
    }
    this.#options.progress(given.upTo, this.#report)
    if (this.#failure !== undefined) throw this.#failure
  }

  #check({ records, sha256 }: Extract<ImportLine, { kind: 'end' }>): void {
    const isSame = records === this.#records && sha256 === this.#hash.copy().digest('hex')
    this.#report.checksum = isSame ? 'ok' : 'differs'
  }

  async #begin({ number, size }: ImportEntry, line: Changes): Promise<void> {
    this.#records += line.changes.length
    while (this.#underWay.size >= window || (this.#underWay.size > 0 && this.#underWayBytes + size > windowBytes)) {
      await new Promise<void>((resolve) => {
        this.#oneIsDone = resolve
      })
    }
    const prepared = await this.#prepare(line.changes)
    this.#underWayBytes += size
    const written = this.#write(number, line, prepared).finally(() => {
      this.#underWay.delete(written)
      this.#underWayBytes -= size
      if (!this.#options.isLog) this.#forget(line)
      this.#oneIsDone()
    })
    this.#underWay.add(written)
  }

  /** What to ask for. Everything that takes time happens here, so that `#ask` can send in the order of the lines. */
  async #prepare(changes: readonly ImportChange[]): Promise<Prepared> {
    const operations: Operation[] = []
    let isThere = false
    for (const change of changes) {
      if (change.op !== 'put') {
        operations.push(change)
        continue
      }
      const { type, data, rev } = change
      const key = keyOf(type, data.id)
      const isKnown = this.#seen.has(key)
      if (isKnown && rev > 1) operations.push(...(await this.#wholeAgain(change)))
      else operations.push({ op: 'create', type, data })
      isThere = isKnown || (typeof data.id === 'string' && (await this.#get(type, data.id)) !== undefined)
      if (typeof data.id === 'string') this.#seen.add(key)
    }
    return { operations, isThere }
  }

  /** A log writes a record whole now and then: a later whole one of the same import is an update, or a restoration. */
  async #wholeAgain({ type, data }: ImportPut): Promise<readonly Operation[]> {
    await this.#drained()
    const id = String(data.id)
    const { id: _, ...changes } = data
    const before = await this.#get(type, id)
    if (before !== undefined) {
      const unset = Object.keys(before).filter((field) => !Object.hasOwn(data, field) && field !== 'rev')
      return [{ op: 'update', type, id, changes, unset }]
    }
    const isRestored = this.#deleted.has(keyOf(type, id)) && this.#options.makesIds(type)
    if (!isRestored) return [{ op: 'create', type, data }]
    return [
      { op: 'restore', type, id },
      { op: 'update', type, id, changes },
    ]
  }

  async #get(type: string, id: string): Promise<StoredRecord | undefined> {
    return this.#endpoint.ask('get', { type, id })
  }

  async #write(number: number, line: Changes, prepared: Prepared): Promise<void> {
    try {
      await this.#ask(line, prepared)
    } catch (error) {
      if (this.#canWait(line, error)) this.#defer(number, line)
      else this.#refuse(number, error)
    }
  }

  async #ask(line: Changes, { operations, isThere }: Prepared): Promise<void> {
    const actor = line.actor ?? this.#options.actor
    const who = actor === undefined ? {} : { actor }
    const [first] = operations
    if (first?.op === 'create' && operations.length === 1) {
      await this.#endpoint.ask('create', { ...who, type: first.type, data: first.data })
      this.#report[isThere ? 'unchanged' : 'created']++
      return
    }
    const forced = line.force === undefined ? {} : { force: true, reason: line.force }
    await this.#transact(
      who,
      operations.map((one) => (one.op === 'update' || one.op === 'delete' ? { ...one, ...forced } : one)),
    )
    for (const one of operations) this.#count(one)
  }

  /** A cascade is logged from the whole to its parts, and can only be repeated from the parts to the whole. */
  async #transact(who: { readonly actor?: string }, operations: readonly Operation[]): Promise<void> {
    try {
      await this.#endpoint.ask('transact', { ...who, operations })
    } catch (error) {
      const deletions = operations.filter(({ op }) => op === 'delete')
      if (!hasCode(error, 'RESTRICTED') || deletions.length < 2) throw error
      const others = operations.filter(({ op }) => op !== 'delete')
      await this.#endpoint.ask('transact', { ...who, operations: [...others, ...deletions.reverse()] })
    }
  }

  #count(operation: Operation): void {
    this.#report[counterOf[operation.op]]++
    if (operation.op === 'delete') this.#deleted.add(keyOf(operation.type, operation.id))
  }

  #canWait({ changes }: Changes, error: unknown): boolean {
    if (changes.length !== 1 || changes[0]?.op !== 'put' || this.#deferred.length >= deferredMost) return false
    return perhapsLater.some((code) => hasCode(error, code))
  }

  #defer(number: number, line: Changes): void {
    this.#deferred.push({ number, line })
    // It has not been taken in: another line may still be the first to name this record.
    this.#forget(line)
  }

  #forget({ changes }: Changes): void {
    for (const change of changes) if (change.op === 'put') this.#seen.delete(keyOf(change.type, change.data.id))
  }

  #refuse(line: number, error: unknown): void {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
    if (ofTheLine.has(code)) addRefusal(this.#report, { line, code: String(code), message: String(message) })
    else this.#failure ??= error
  }

  async #drained(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Waits for what is under way, then tries what had to wait again, as long as that leads anywhere. */
  async finish(): Promise<ImportReport> {
    await this.#drained()
    for (let before = Number.POSITIVE_INFINITY; this.#deferred.length > 0; ) {
      const again = this.#deferred
      const isLast = again.length >= before || this.#options.signal.aborted
      before = again.length
      this.#deferred = []
      for (const { number, line } of again) await this.#retry(number, line, isLast)
      if (isLast) break
    }
    if (this.#options.signal.aborted) this.#report.interrupted = true
    this.#report.refusals.sort((left, right) => left.line - right.line)
    return this.#report
  }

  async #retry(number: number, line: Changes, isLast: boolean): Promise<void> {
    try {
      await this.#ask(line, await this.#prepare(line.changes))
    } catch (error) {
      if (isLast || !this.#canWait(line, error)) this.#refuse(number, error)
      else this.#defer(number, line)
      if (this.#failure !== undefined) throw this.#failure
    }
  }
}

function keyOf(type: string, id: unknown): string {
  return `${type}\0${String(id)}`
}

const counterOf = { create: 'created', update: 'updated', delete: 'deleted', restore: 'created' } as const
