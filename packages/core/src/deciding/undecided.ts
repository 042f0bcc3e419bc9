import { type Caps, type Domain, limits, type Seq, StatewardError, type StoredRecord } from '@stateward/contract'
import { encodeCommit } from '../log/codec.ts'
import { Draft } from '../records/draft.ts'
import { HeadLayer, type HeadReader } from '../records/heads.ts'
import { PendingCheck } from '../records/suspension.ts'
import { hasUniqueKeys } from '../records/unique-keys.ts'
import { inRow } from '../validation/in-row.ts'
import type { CommandGround } from './commanding.ts'
import type { HookRunner } from './commit-hooks.ts'
import { cut, halvesOf, type Piece } from './cut.ts'
import { decide } from './decide.ts'
import type { DecidedCommit } from './decided.ts'
import { partTxid, type Result } from './txid-window.ts'
import { checkUniqueOfRows } from './unique.ts'
import { isOfRows, type Write } from './write.ts'

export interface UndecidedOptions {
  readonly write: Write
  /** Rows of a bulk write that an earlier try has written. */
  readonly skip: number
  readonly base: HeadReader
  readonly domain: Domain
  readonly timestamp: string
  readonly lastSeq: Seq
  readonly caps: Caps
  readonly last: (type: string, id: string) => StoredRecord
  readonly hooks: HookRunner
  readonly durable: CommandGround['durable']
  readonly projection: CommandGround['projection']
}

/**
 * A write on its way to being decided: its steps are cut into commits, which are decided one on top of the other.
 * `run` may throw `ColdBodies` or `PendingCheck`, and goes on where it was when it is called again. Nothing is seen by
 * others before the caller calls `settleInto`, so a refusal of any step leaves no trace of the others.
 */
export class Undecided {
  readonly commits: DecidedCommit[] = []
  readonly results: Result[] = []
  /** What the commits so far have made, while there are more to come that stand on them. */
  #layer: HeadLayer | undefined
  readonly #options: UndecidedOptions
  readonly #pieces: Piece[]
  #isCommanded = false
  /** The first row that no commit tells of yet: rows that change nothing belong to the next commit, or its txid would leave a gap. */
  #untold: number

  constructor(options: UndecidedOptions) {
    this.#options = options
    const { write, skip } = options
    const steps = write.steps.slice(skip)
    this.#untold = skip
    this.#pieces = isOfRows(write.kind) ? cut(steps, skip, limits.bulkCommitBytes) : [{ steps, from: skip }]
  }

  /** Puts what the commits have made on top of what was there. */
  settleInto(layer: HeadLayer): void {
    for (const commit of this.commits) addTo(layer, commit)
  }

  run(): void {
    const { write, base } = this.#options
    write.precondition?.check(base)
    this.#command()
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const halves = this.#commit(piece)
      this.#pieces.splice(0, 1, ...halves)
    }
  }

  /** Lets a command say what its steps are, once; they are decided when the schemas have answered for them. */
  #command(): void {
    const { write, base, timestamp, durable, projection } = this.#options
    if (write.command === undefined || this.#isCommanded) return
    const { steps, ready } = write.command({ reader: new Draft(base, timestamp), durable, timestamp, projection })
    this.#isCommanded = true
    this.#pieces.splice(0, this.#pieces.length, { steps, from: 0 })
    if (ready !== undefined) throw new PendingCheck(ready)
  }

  /** Decides one commit; or, where its line comes out too long, answers with its halves. */
  #commit(piece: Piece): readonly Piece[] {
    const { write, timestamp, caps } = this.#options
    const draft = new Draft(this.#layer ?? this.#options.base, timestamp)
    const results = this.#decide(piece, draft)
    const changes = draft.finish()
    if (changes.length > 0) {
      const to = piece.from + piece.steps.length
      const meta = { timestamp, actor: write.actor, force: write.reason, txid: this.#txidUpTo(to) }
      const line = encodeCommit(
        changes.map(({ change }) => change),
        meta,
      )
      const bytes = Buffer.from(line)
      if (isOfRows(write.kind) && piece.steps.length > 1 && bytes.byteLength > limits.bulkCommitBytes)
        return halvesOf(piece)
      checkSize(bytes.byteLength, Math.min(caps.maxRecordBytes, write.maxBytes ?? mostOf(changes.length)))
      const proposed = this.#options.hooks.judged(changes, meta)
      const seq = this.#options.lastSeq + this.commits.length + 1
      const told = [...this.results.slice(this.#untold - this.#options.skip), ...results]
      const commit = { seq, timestamp, bytes, changes, txid: meta.txid, proposed, results: told }
      this.commits.push(commit)
      if (this.#pieces.length > 1) {
        this.#layer ??= new HeadLayer(this.#options.base)
        addTo(this.#layer, commit)
      }
      this.#untold = to
    }
    this.results.push(...results)
    return []
  }

  #decide({ steps, from }: Piece, draft: Draft): Result[] {
    const { write, domain, last } = this.#options
    const deciding = { domain, draft, checks: write.checks, last }
    const unique = this.#unique(draft)
    if (!isOfRows(write.kind) && write.kind !== 'transact') {
      const results = steps.map((step) => decide(step, deciding))
      unique()
      return results
    }
    const late: (() => void)[] = []
    const results = steps.map((step, at) => {
      const row = from + at
      const atEnd = write.isCheckedWhole && ((check: () => void) => void late.push(() => inRow(row, check)))
      return inRow(row, () => {
        const result = decide(step, atEnd === undefined ? deciding : { ...deciding, atEnd })
        if (isOfRows(write.kind)) unique()
        return result
      })
    })
    for (const check of late) check()
    write.afterSteps?.(deciding)
    unique(steps)
    return results
  }

  /**
   * Looks for what must be unique among what the draft has changed since it was called before. Of a transaction that is
   * everything, so that two records may change places; of rows it is each by itself, because they may be several commits.
   */
  #unique(draft: Draft): (rows?: Piece['steps']) => void {
    const { domain } = this.#options
    if (!hasUniqueKeys(domain)) return () => undefined
    draft.takeTouched()
    return (rows = []) => checkUniqueOfRows(rows, domain, draft.takeTouched(), draft)
  }

  #txidUpTo(to: number): string | undefined {
    const { write } = this.#options
    const whole = this.#untold === 0 && to === write.steps.length
    return write.txid === undefined || whole || write.command !== undefined
      ? write.txid
      : partTxid(write.txid, this.#untold, to)
  }
}

function addTo(layer: HeadLayer, { seq, changes }: DecidedCommit): void {
  for (const { change, after, patches } of changes)
    layer.set(change.type, change.id, { record: after, rev: change.rev, seq, patches })
}

function mostOf(records: number): number {
  return records > 1 ? limits.commitBytes : limits.recordBytes
}

function checkSize(bytes: number, most: number): void {
  if (bytes > most)
    throw new StatewardError(
      'TOO_LARGE',
      `expected a commit of at most ${most} bytes, found ${bytes}; write less at once`,
      { details: { bytes, most } },
    )
}
