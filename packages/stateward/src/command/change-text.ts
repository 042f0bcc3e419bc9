import type { Change, JsonObject, StoredRecord } from '@stateward/contract'
import { valueText } from './record-table.ts'
import { nameOf } from './resolve-id.ts'

const unspoken = new Set(['updated_at', 'created_at', 'id', 'rev'])

/** What a change did, in a few words; with the record before it, also what was there. */
export function changeText(change: Change, before?: StoredRecord): string {
  switch (change.op) {
    case 'put':
      return before === undefined ? puttingText(change) : differences(before, change.data)
    case 'patch':
      return differences(before, { ...before, ...change.changes }, change.unset)
    case 'delete':
      return ''
    default:
      return change satisfies never
  }
}

/** The verb of a change: a whole record that follows another one is an update that was logged whole. */
export function changeVerb({ op, rev }: Change): 'create' | 'update' | 'delete' {
  if (op === 'delete') return 'delete'
  return op === 'put' && rev <= 1 ? 'create' : 'update'
}

function puttingText({ data }: Extract<Change, { op: 'put' }>): string {
  const status = typeof data.status === 'string' ? `status=${valueText(data.status)}` : ''
  return [valueText(nameOf(data)), status].filter((part) => part !== '').join('  ')
}

function differences(before: JsonObject | undefined, after: JsonObject, unset: readonly string[] = []): string {
  const gone = new Set(unset)
  const set = Object.keys(after).flatMap((field) => {
    if (unspoken.has(field) || gone.has(field)) return []
    const now = valueText(after[field])
    if (before === undefined) return [`${field}=${now}`]
    const was = valueText(before[field])
    if (was === now) return []
    return [before[field] === undefined ? `${field}=${now}` : `${field}: ${was} → ${now}`]
  })
  return [...set, ...unset.map((field) => `${field} removed`)].join('  ')
}
