import {
  type Change,
  type Commit,
  type Domain,
  type JsonObject,
  type LogReader,
  type Operation,
  type Protocol,
  type Seq,
  StatewardError,
  type StoredRecord,
  type UndoAsk,
} from '@stateward/contract'
import type { Write } from '../deciding/write.ts'
import { commitsAt } from '../log/commits-at.ts'
import type { HeadReader } from '../records/heads.ts'
import { recordKey } from '../records/record-key.ts'
import { together } from '../records/together.ts'
import { checkedGuard, invalid } from '../validation/check.ts'
import { fieldChanges } from './field-changes.ts'
import type { RecordAt } from './past-record.ts'

export interface UndoOptions {
  readonly domain: Domain
  readonly reader: LogReader
  readonly recordAt: RecordAt
  /** Checks a transaction as one that comes from outside. */
  readonly check: (body: Protocol['transact']['ask']) => Write
}

/** One change of the commit, with the record on either side of it. */
interface Undone {
  readonly change: Change
  readonly rev: number
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
}

const namedRecords = 20

/**
 * The write that undoes a commit: each record must still be as the commit left it. What is restored comes first, what it
 * refers to before it; then what is changed back; then what is deleted, what refers to it before it. References, rules and
 * guards are those of the whole commit.
 */
export async function undoWrite({ seq, force, reason, ...writing }: UndoAsk, options: UndoOptions): Promise<Write> {
  const forcing = checkedGuard({
    ...(force === undefined ? {} : { force }),
    ...(reason === undefined ? {} : { reason }),
  })
  const undone = await undoneBy(seq, options)
  const guard = forcing.reason === undefined ? {} : { force: true, reason: forcing.reason }
  const restored = inOrder(
    undone.filter(({ after }) => after === undefined),
    options.domain,
  )
  const made = inOrder(
    undone.filter(({ before }) => before === undefined),
    options.domain,
  ).reverse()
  const changed = undone.filter(({ before, after }) => before !== undefined && after !== undefined)
  const steps = [...restored, ...changed, ...made]
  const write = options.check({ ...writing, operations: steps.map((one) => inverseOf(one, guard)) })
  const revs = new Map(steps.map(({ change, rev }) => [recordKey(change.type, change.id), rev]))
  const targets = undone.map(({ change: { type, id }, rev }) => ({ type, id, rev }))
  return {
    ...write,
    // What a commit has made together goes together: records that refer to each other have no order in which one could go first.
    isCheckedWhole: true,
    // In the actor, behind the look for its txid: a write that is sent again finds its own traces, and is answered as the first time.
    precondition: { targets, check: (heads) => refuseChanged(targets, heads) },
    steps: write.steps.map((step) => {
      const rev = revs.get(recordKey(step.type, step.id))
      if (step.op === 'restore') return { ...step, ...(rev === undefined ? {} : { expectedRev: rev }) }
      return step.op === 'update' && forcing.force ? { ...step, isBack: true } : step
    }),
  }
}

async function undoneBy(seq: Seq, { reader, recordAt, domain }: UndoOptions): Promise<Undone[]> {
  const [commit] = await commitsAt(reader, [seq])
  if (commit === undefined)
    throw new StatewardError('TRIMMED', `expected commit ${seq}, found that the log has let go of it`, {
      details: { seq },
    })
  const undone: Undone[] = []
  for (const change of lastChanges(commit)) {
    const { type, id } = change
    // The position of a consumer, say: what was told cannot be taken back.
    if (!Object.hasOwn(domain.entities, type)) continue
    const before = await recordAt({ type, id, seq: seq - 1 })
    const after = await recordAt({ type, id, seq })
    // A plain line has no rev of its own.
    const rev = change.rev === 0 ? (after?.rev ?? (before?.rev ?? 0) + 1) : change.rev
    if (before !== undefined || after !== undefined) undone.push({ change, rev, before, after })
  }
  if (undone.length === 0) throw invalid(`expected seq to be of a commit of the domain's records, found none in ${seq}`)
  return undone
}

function lastChanges({ changes }: Commit): Iterable<Change> {
  return new Map(changes.map((change) => [recordKey(change.type, change.id), change])).values()
}

function refuseChanged(
  targets: readonly { readonly type: string; readonly id: string; readonly rev: number }[],
  heads: HeadReader,
): void {
  const found = together(targets, ({ type, id }) => heads.head(type, id)?.rev ?? 0)
  const changed = targets.flatMap(({ type, id, rev }, at) => {
    const currentRev = found[at] ?? 0
    return currentRev === rev ? [] : [{ type, id, expectedRev: rev, currentRev }]
  })
  const [first] = changed
  if (first === undefined) return
  throw new StatewardError(
    'CONFLICT',
    `expected what the commit left, found that ${changed.length} of its records were changed since, such as ${first.type} ${first.id}; change them by hand`,
    { details: { ...first, count: changed.length, records: changed.slice(0, namedRecords) } },
  )
}

function inverseOf({ change, rev, before, after }: Undone, guard: { force?: boolean; reason?: string }): Operation {
  const { type, id } = change
  if (after === undefined) return { op: 'restore', type, id }
  if (before === undefined) return { op: 'delete', type, id, expectedRev: rev, ...guard }
  const changes: Record<string, JsonObject[string]> = {}
  const unset: string[] = []
  for (const { field, ...one } of fieldChanges(before, after)) {
    if (one.before === undefined) unset.push(field)
    else changes[field] = one.before
  }
  return { op: 'update', type, id, changes, unset, expectedRev: rev, ...guard }
}

/** What others refer to before what refers to it, as far as there is such an order. */
function inOrder(records: readonly Undone[], { entities }: Domain): Undone[] {
  const waiting = new Map(records.map((one) => [one.change.id, one]))
  const ordered: Undone[] = []
  const visit = (one: Undone): void => {
    // Taken out before what it refers to is looked at, so that a circle ends.
    if (!waiting.delete(one.change.id)) return
    const record = one.before ?? one.after
    for (const field of Object.keys(entities[one.change.type]?.refs ?? {})) {
      for (const id of [record?.[field]].flat()) {
        const target = typeof id === 'string' ? waiting.get(id) : undefined
        if (target !== undefined) visit(target)
      }
    }
    ordered.push(one)
  }
  for (const one of records) visit(one)
  return ordered
}
