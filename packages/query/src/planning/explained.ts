import type { Explanation, Operators, PlanNode, Where } from '@stateward/contract'
import type { Choice } from './choice.ts'
import type { Conjunct } from './facts.ts'
import { andWhere } from './merge-where.ts'
import type { HeldField } from './plan.ts'

export interface Explained {
  readonly choice: Choice
  /** The parts of the filter that are left to check. */
  readonly left: readonly Conjunct[]
  readonly held: readonly HeldField[]
  readonly estimatedRows: number
  readonly records: number
}

/** A plan in words of the contract. */
export function explained({ choice, left, held, estimatedRows, records }: Explained): Explanation {
  const residual = residualOf(left)
  const most = choice.each?.[0] ?? choice.rows
  return {
    plan: nodeOf(choice),
    ...(residual && { residual }),
    ...(held.length > 0 && { fingerprints: held.map(({ field }) => field) }),
    order: most <= 1 && choice.access.kind !== 'ordered' ? 'none' : choice.inOrder ? 'index' : 'sort',
    estimatedRows,
    records,
  }
}

/** One filter of several parts, conditions on one field side by side where they can be. */
function residualOf(parts: readonly Conjunct[]): Where | undefined {
  if (parts.length === 0) return undefined
  const fields = new Map<string, Operators>()
  let others: Where | undefined
  for (const { on, where } of parts) {
    if (on === undefined) {
      others = andWhere(others, where)
      continue
    }
    const known = fields.get(on.field)
    const operators = { [on.operator]: on.operand }
    if (known !== undefined && Object.hasOwn(known, on.operator)) others = andWhere(others, { [on.field]: operators })
    else fields.set(on.field, { ...known, ...operators })
  }
  if (fields.size === 0) return others
  return others === undefined ? Object.fromEntries(fields) : andWhere(Object.fromEntries(fields), others)
}

function nodeOf(choice: Choice): PlanNode {
  const { access, rows } = choice
  const estimatedRows = Math.round(rows)
  switch (access.kind) {
    case 'empty':
      return { kind: 'empty' }
    case 'ids':
      return { kind: 'id', ids: access.ids }
    case 'lookup':
      return { kind: 'lookup', index: access.index.name, estimatedRows }
    case 'ordered':
      return { kind: 'ordered', index: access.index.name, direction: access.direction, estimatedRows }
    case 'intersection': {
      const of = access.of.map(({ index }, at) => ({
        index: index.name,
        estimatedRows: Math.round(choice.each?.[at] ?? 0),
      }))
      return { kind: 'intersection', of, estimatedRows }
    }
    case 'scan':
      return { kind: 'scan', estimatedRows }
    default:
      return access satisfies never
  }
}
