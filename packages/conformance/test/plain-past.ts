import {
  type Commit,
  compareValues,
  instantKey,
  limits,
  type Moment,
  type Operation,
  type Protocol,
  type Seq,
  type StoredRecord,
  type Version,
} from '@stateward/contract'
import { refuse } from './plain-door.ts'
import { keyOf, type Life, type Lives } from './plain-draft.ts'

/** Every life as the commits up to `seq` left it. All of their changes are whole records or deletions. */
export function livesAt(commits: readonly Commit[], seq: Seq): Lives {
  if (!Number.isSafeInteger(seq) || seq < 0 || seq > commits.length) refuse('INVALID', `no moment ${seq}`)
  const lives = new Map<string, Life>()
  for (const change of commits.slice(0, seq).flatMap(({ changes }) => changes)) {
    const { id, rev, type } = change
    const record = change.op === 'put' ? ({ ...change.data, rev } as StoredRecord) : undefined
    const last = record ?? lives.get(keyOf(type, id))?.last ?? ({ id } as StoredRecord)
    lives.set(keyOf(type, id), { type, rev, record, last })
  }
  return lives
}

export function momentOf(commits: readonly Commit[], { seq, time }: { seq?: Seq; time?: string }): Moment {
  if ((seq === undefined) === (time === undefined)) refuse('INVALID', 'seq or time')
  const key = time === undefined ? undefined : instantKey(time)
  if (time !== undefined && (key === undefined || Date.parse(time) > Date.now())) refuse('INVALID', 'no time')
  const timed = commits.findLast(({ timestamp }) => (instantKey(timestamp) ?? '') <= (key ?? ''))
  const found = seq ?? timed?.seq ?? 0
  livesAt(commits, found)
  const { timestamp } = commits[found - 1] ?? {}
  return { seq: found, oldestSeq: 0, ...(timestamp && { timestamp }) }
}

export function plainHistory(
  commits: readonly Commit[],
  { type, id, from }: { type: string; id: string; from: Seq },
): Protocol['history']['answer'] {
  let before: StoredRecord | undefined
  const versions = commits.flatMap((commit): Version[] =>
    commit.changes.flatMap((change) => {
      if (keyOf(change.type, change.id) !== keyOf(type, id)) return []
      const record = change.op === 'put' ? ({ ...change.data, rev: change.rev } as StoredRecord) : undefined
      const { actor, seq, timestamp } = commit
      const fields = differences(before, record)
      before = record
      return seq < from ? [] : [{ seq, timestamp, change, fields, ...(record && { record }), ...(actor && { actor }) }]
    }),
  )
  const next = versions[limits.historyPage]?.seq
  return { versions: versions.slice(0, limits.historyPage), ...(next && { next }) }
}

function differences(
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): NonNullable<Version['fields']> {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return fields.flatMap((field) => {
    const was = before?.[field]
    const is = after?.[field]
    if (field === 'rev' || field === 'updated_at' || compareValues(was, is) === 0) return []
    return [{ field, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }]
  })
}

/** Everything that differs, in one page. */
export function plainDiff(
  commits: readonly Commit[],
  { from, to }: { from: Seq; to: Seq },
): Protocol['diff']['answer'] {
  const before = livesAt(commits, from)
  const after = livesAt(commits, to)
  if (from > to) refuse('INVALID', 'the wrong way round')
  const touched = commits.slice(from, to).flatMap(({ changes }) => changes.map(({ type, id }) => ({ type, id })))
  const unique = new Map(touched.map((one) => [keyOf(one.type, one.id), one]))
  const records = [...unique].flatMap(([key, { type, id }]) => {
    const was = before.get(key)?.record
    const is = after.get(key)?.record
    const fields = differences(was, is)
    if (fields.length === 0) return []
    return [{ type, id, op: was === undefined ? 'created' : is === undefined ? 'deleted' : 'updated', fields } as const]
  })
  return { records }
}

/** What undoes a commit, where nothing was changed since. */
export function plainUndo(commits: readonly Commit[], lives: Lives, seq: Seq): Operation[] {
  if (livesAt(commits, seq) && seq === 0) refuse('INVALID', 'no commit')
  const before = livesAt(commits, seq - 1)
  const changes = commits[seq - 1]?.changes ?? []
  const changed = changes.filter(({ type, id, rev }) => lives.get(keyOf(type, id))?.rev !== rev)
  if (changed.length > 0)
    refuse('CONFLICT', 'changed since', { records: changed.map(({ type, id }) => ({ type, id })) })
  const operations = changes.map((change): Operation => {
    const { type, id } = change
    const was = before.get(keyOf(type, id))?.record
    if (change.op === 'delete') return { op: 'restore', type, id }
    if (was === undefined) return { op: 'delete', type, id }
    const fields = differences(was, livesAt(commits, seq).get(keyOf(type, id))?.record)
    const set = fields.filter((one) => one.before !== undefined).map((one) => [one.field, one.before])
    const unset = fields.filter((one) => one.before === undefined).map(({ field }) => field)
    return { op: 'update', type, id, changes: Object.fromEntries(set), unset }
  })
  const order = ['restore', 'update', 'delete']
  return operations.sort((left, right) => order.indexOf(left.op) - order.indexOf(right.op))
}
