import type { RuleSubject, Violation } from '@stateward/contract'
import { executionTransitions, workTransitions } from './status.ts'

/** Whether an update brings a record into a status. One that is created or restored there has made no transition. */
export function entersStatus({ before, after }: RuleSubject, status: string): boolean {
  return before !== undefined && after?.status === status && before.status !== status
}

/**
 * The refusal of a change of status that the table allows and a guard does not. `details` has `from`, `to`,
 * `allowed` (what the table allows) and `facts`.
 */
export function illegalTransition(
  { type, before, after }: RuleSubject,
  because: string,
  facts: Readonly<Record<string, readonly string[]>>,
): Violation {
  const table: Readonly<Record<string, readonly string[]>> =
    type === 'execution' ? executionTransitions : workTransitions
  const from = before?.status
  const to = after?.status
  return {
    code: 'ILLEGAL_TRANSITION',
    message: `${type} ${after?.id} cannot go from ${from} to ${to}: ${because}`,
    details: { from, to, allowed: table[String(from)] ?? [], ...facts },
  }
}
