import { type DiffPage, type LogReader, limits, type RecordDiff, type Seq, StatewardError } from '@stateward/contract'
import { commitsAt } from '../log/commits-at.ts'
import { lineTargets } from '../log/line-targets.ts'
import { recordKey } from '../records/record-key.ts'
import { fieldChanges } from './field-changes.ts'
import type { HistoryIndex } from './history-index.ts'
import type { RecordAt } from './past-record.ts'

export interface DiffOf {
  readonly from: Seq
  readonly to: Seq
  /** The last commit that a page before has looked at. */
  readonly after: Seq
  /** Whether a type is asked about. */
  readonly isKnown: (type: string) => boolean
  readonly recordAt: RecordAt
  readonly signal?: AbortSignal | undefined
}

interface Target {
  readonly type: string
  readonly id: string
}

/**
 * One page of what differs between two states. Each record is looked at where it is changed first, so that nothing has to be
 * remembered from one page to the next: memory is that of a page, time O(commits between), and a few reads a record.
 */
export async function diffPage(reader: LogReader, index: HistoryIndex, of: DiffOf): Promise<DiffPage> {
  await index.ready()
  // Where the index knows nothing it cannot be told which change of a record is the first.
  if (of.from + 1 < index.from)
    throw new StatewardError(
      'TOO_LARGE',
      `expected a diff from seq ${index.from - 1} on, which is as far back as the index of histories reaches, found ${of.from}; ask for a later one, or read the changes`,
      { details: { oldestSeq: index.from - 1 } },
    )
  const records: RecordDiff[] = []
  let seq = of.after
  if (seq >= of.to) return { records }
  for await (const batch of reader.read(of.after + 1, of.signal)) {
    for (const [at, line] of batch.records.entries()) {
      const next = batch.firstSeq + at
      if (next <= seq) continue
      if (next > of.to) return { records }
      if (records.length >= limits.diffPage) return { records, next: seq }
      seq = next
      for (const target of unique(lineTargets(line, seq).targets)) {
        if (!of.isKnown(target.type) || !(await isFirst(reader, index, { ...target, from: of.from, seq }))) continue
        const diff = await diffOf(of.recordAt, { ...target, from: of.from, to: of.to })
        if (diff !== undefined) records.push(diff)
      }
    }
  }
  return { records }
}

function unique(targets: readonly Target[]): Iterable<Target> {
  return targets.length < 2 ? targets : new Map(targets.map((one) => [recordKey(one.type, one.id), one])).values()
}

/** Whether no commit between `from` and `seq` changed the record. The index may name commits of others, which are looked at. */
async function isFirst(
  reader: LogReader,
  index: HistoryIndex,
  { type, id, from, seq }: Target & { readonly from: Seq; readonly seq: Seq },
): Promise<boolean> {
  const before = index.seqsOf(type, id).filter((one) => one > from && one < seq)
  if (before.length === 0) return true
  const [first] = await commitsAt(reader, before.slice(0, 1))
  if (first?.changes.some((one) => one.type === type && one.id === id) === true) return false
  const rest = await commitsAt(reader, before.slice(1))
  return !rest.some(({ changes }) => changes.some((one) => one.type === type && one.id === id))
}

async function diffOf(
  recordAt: RecordAt,
  { type, id, from, to }: Target & { readonly from: Seq; readonly to: Seq },
): Promise<RecordDiff | undefined> {
  const before = await recordAt({ type, id, seq: from })
  const after = await recordAt({ type, id, seq: to })
  const fields = fieldChanges(before, after)
  if (before === undefined && after === undefined) return undefined
  if (before === undefined) return { type, id, op: 'created', fields }
  if (after === undefined) return { type, id, op: 'deleted', fields }
  return fields.length === 0 ? undefined : { type, id, op: 'updated', fields }
}
