import {
  type Commit,
  compareValues,
  instantKey,
  limits,
  type Moment,
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
