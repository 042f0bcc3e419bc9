import {
  type Caps,
  type Deleted,
  type Domain,
  type JsonObject,
  limits,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { approximateBytes } from './approximate-bytes.ts'
import { encodeCommit } from './codec.ts'
import { decide } from './decide.ts'
import type { DecidedCommit } from './decided.ts'
import { Draft } from './draft.ts'
import { HeadLayer, type HeadReader } from './heads.ts'
import type { Step } from './step.ts'
import { partTxid } from './txid-window.ts'
import type { Write } from './write.ts'

export interface UndecidedOptions {
  readonly write: Write
  /** Rows of a bulk write that an earlier try has written. */
  readonly skip: number
  readonly base: HeadReader
  readonly domain: Domain
  readonly timestamp: string
  readonly lastSeq: Seq
  readonly caps: Caps
  readonly lastVersion: (type: string, id: string) => StoredRecord
}

/**
 * A write on its way to being decided: its steps are cut into commits, which are decided one on top of the other.
 * `run` may throw `ColdBodies` or `PendingCheck`, and goes on where it was when it is called again. Nothing is seen by
 * others before the caller takes `layer`, so a refusal of any step leaves no trace of the others.
 */
export class Undecided {
  readonly commits: DecidedCommit[] = []
  readonly results: (StoredRecord | Deleted)[] = []
  readonly layer: HeadLayer
  readonly #options: UndecidedOptions
  readonly #pieces: Piece[]

  constructor(options: UndecidedOptions) {
    this.#options = options
    this.layer = new HeadLayer(options.base)
    const { write, skip } = options
    const steps = write.steps.slice(skip)
    this.#pieces = write.kind.endsWith('Many') ? cut(steps, skip, limits.bulkCommitBytes) : [{ steps, from: skip }]
  }

  run(): void {
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const halves = this.#commit(piece)
      this.#pieces.splice(0, 1, ...halves)
    }
  }

  /** Decides one commit; or, where its line comes out too long, answers with its halves. */
  #commit({ steps, from }: Piece): readonly Piece[] {
    const { write, domain, timestamp, lastVersion, caps } = this.#options
    const draft = new Draft(this.layer, timestamp)
    const results = steps.map((step) => decide(step, { domain, draft, checks: write.checks, lastVersion }))
    const changes = draft.finish()
    if (changes.length > 0) {
      const bulk = write.kind.endsWith('Many')
      const whole = steps.length === write.steps.length
      const txid = write.txid === undefined || whole ? write.txid : partTxid(write.txid, from, from + steps.length)
      const meta = { timestamp, actor: write.actor, force: write.reason, txid }
      const bytes = Buffer.from(
        encodeCommit(
          changes.map(({ change }) => change),
          meta,
        ),
      )
      if (bulk && steps.length > 1 && bytes.byteLength > limits.bulkCommitBytes) return halvesOf({ steps, from })
      checkSize(bytes.byteLength, changes.length, caps)
      const seq = this.#options.lastSeq + this.commits.length + 1
      for (const { change, after, patches } of changes)
        this.layer.set(change.type, change.id, { record: after, rev: change.rev, seq, patches })
      this.commits.push({ seq, bytes, changes, txid, results })
    }
    this.results.push(...results)
    return []
  }
}

/** Steps that make one commit, and the number of the first among the write's steps. */
interface Piece {
  readonly steps: readonly Step[]
  readonly from: number
}

function cut(steps: readonly Step[], from: number, maxBytes: number): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  let bytes = 0
  for (const [at, step] of steps.entries()) {
    const size = sizeOf(step)
    if (at > start && bytes + size > maxBytes) {
      pieces.push({ steps: steps.slice(start, at), from: from + start })
      start = at
      bytes = 0
    }
    bytes += size
  }
  if (start < steps.length) pieces.push({ steps: steps.slice(start), from: from + start })
  return pieces
}

/** A guess at what a step adds to a line; a wrong one costs a second encoding, nothing else. */
function sizeOf(step: Step): number {
  const content: JsonObject = step.op === 'create' ? step.fields : step.op === 'update' ? step.changes : {}
  return approximateBytes(content)
}

function halvesOf({ steps, from }: Piece): Piece[] {
  const middle = Math.ceil(steps.length / 2)
  return [
    { steps: steps.slice(0, middle), from },
    { steps: steps.slice(middle), from: from + middle },
  ]
}

function checkSize(bytes: number, records: number, caps: Caps): void {
  const most = Math.min(records > 1 ? limits.commitBytes : limits.recordBytes, caps.maxRecordBytes)
  if (bytes > most)
    throw new StatewardError(
      'TOO_LARGE',
      `expected a commit of at most ${most} bytes, found ${bytes}; write less at once`,
      { details: { bytes, most } },
    )
}
