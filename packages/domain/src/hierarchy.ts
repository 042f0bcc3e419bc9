import type { RuleReader, StoredRecord } from '@stateward/contract'
import { isOpenStatus } from './status.ts'

/** Which records are the parts of a record, by the type of the whole: those of `type` whose `field` is its id. */
const parts: Readonly<Record<string, { readonly type: string; readonly field: string }>> = {
  plan: { type: 'spec', field: 'plan_id' },
  spec: { type: 'phase', field: 'spec_id' },
  execution: { type: 'execution', field: 'parent_execution_id' },
}

/** A record and the name of its type. */
export interface Typed {
  readonly type: string
  readonly record: StoredRecord
}

/** The parts of a record that are not completed, failed or cancelled. */
export function openParts(type: string, id: string, reader: RuleReader): readonly Typed[] {
  const part = parts[type]
  if (part === undefined) return []
  return reader
    .referring(part.type, part.field, id)
    .filter((record) => isOpenStatus(record.status))
    .map((record) => ({ type: part.type, record }))
}

/** The open parts of a record, their open parts and so on, each once, every part before its whole. */
export function openDescendants(type: string, id: string, reader: RuleReader): readonly Typed[] {
  const found: Typed[] = [...openParts(type, id, reader)]
  // Begun with the record itself, so that a circle of parents in an old log cannot make this endless.
  const seen = new Set([`${type} ${id}`])
  const descendants: Typed[] = []
  // The walk goes on to what is pushed meanwhile.
  for (const part of found) {
    const key = `${part.type} ${part.record.id}`
    if (seen.has(key)) continue
    seen.add(key)
    descendants.push(part)
    found.push(...openParts(part.type, part.record.id, reader))
  }
  return descendants.reverse()
}
