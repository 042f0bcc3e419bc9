import type { RuleSubject, Violation } from '@stateward/contract'
import { executionTransitions, workTransitions } from './status.ts'

/** Whether a write brings a record into a status: from another one, or by creating or restoring it there. */
export function entersStatus({ before, after }: RuleSubject, status: string): boolean {
  return after?.status === status && before?.status !== status
}

/**
 * The refusal of a change of status that the table allows and a guard does not. `details` has `from` (null where the
 * record is new), `to`, `allowed` (what the table allows) and `facts`.
 */
export function illegalTransition(
  { type, before, after }: RuleSubject,
  because: string,
  facts: Readonly<Record<string, readonly string[]>>,
): Violation {
  const table: Readonly<Record<string, readonly string[]>> =
    type === 'execution' ? executionTransitions : workTransitions
  const from = before?.status ?? null
  const to = after?.status
  const allowed = typeof from === 'string' ? (table[from] ?? []) : Object.keys(table)
  const move = from === null ? `be new in status ${to}` : `go from ${from} to ${to}`
  return {
    code: 'ILLEGAL_TRANSITION',
    message: `${type} ${after?.id} cannot ${move}: ${because}`,
    details: { from, to, allowed, ...facts },
  }
}
