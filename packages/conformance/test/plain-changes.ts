import type { ChangesAsk, Commit, RecordChange, Seq, StoredRecord } from '@stateward/contract'
import { plainQuery } from '../src/endpoint/plain-query.ts'
import { itemTimes } from '../src/endpoint/random-item.ts'
import { entityOf, refuse } from './plain-door.ts'
import { keyOf } from './plain-draft.ts'

/** The feed of changes: every commit from the first one on is folded, and what is not asked for is left out. */
export function plainChanges(
  ask: ChangesAsk,
  lastSeq: Seq,
  groups: AsyncIterable<readonly Commit[]>,
): AsyncIterable<readonly RecordChange[]> {
  const { since = 1, types, where, maxBehind = 1 } = ask
  for (const key of Object.keys(ask))
    if (!['since', 'types', 'where', 'maxBehind'].includes(key)) refuse('INVALID', key)
  for (const type of types ?? []) entityOf(type)
  if (!Number.isSafeInteger(since) || since < 0 || since > lastSeq + 1) refuse('INVALID', 'since')
  if (maxBehind < 1) refuse('INVALID', 'maxBehind')
  if (where !== undefined && types?.length !== 1) refuse('INVALID', 'a filter is of one type')
  return told(ask, groups)
}

async function* told(
  { since = 1, types, where }: ChangesAsk,
  groups: AsyncIterable<readonly Commit[]>,
): AsyncGenerator<readonly RecordChange[]> {
  const records = new Map<string, StoredRecord>()
  for await (const commits of groups) {
    for (const { seq, timestamp, actor, txid, changes } of commits) {
      const all = changes.map((change, at): Omit<RecordChange, 'last'> => {
        const { type, id, rev } = change
        const key = keyOf(type, id)
        const before = records.get(key)
        if (change.op === 'put') records.set(key, { ...change.data, rev } as StoredRecord)
        else records.delete(key)
        const after = records.get(key)
        const op = change.op === 'delete' ? 'delete' : before === undefined ? 'create' : 'update'
        return {
          ...{ seq, at, timestamp, op, type, id, rev },
          ...(before && { before }),
          ...(after && { after }),
          ...(actor === undefined ? {} : { actor }),
          ...(txid === undefined ? {} : { txid }),
        }
      })
      const asked = all.filter(({ type, before, after }) => {
        if (seq < since || (types !== undefined && !types.includes(type))) return false
        const sides = [before, after].filter((record) => record !== undefined)
        return where === undefined || plainQuery(sides, { where }, itemTimes).length > 0
      })
      if (asked.length > 0) yield asked.map((change, at) => ({ ...change, last: at === asked.length - 1 }))
    }
  }
}
