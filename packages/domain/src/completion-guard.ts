import type { Guard } from '@stateward/contract'
import { firstFew } from './first-few.ts'
import { openDescendants, openParts } from './hierarchy.ts'
import { entersStatus, illegalTransition } from './illegal-transition.ts'

/**
 * A plan completes only when none of its specs is open, a spec when none of its phases is, an execution when none of
 * its child executions is. Refuses with `ILLEGAL_TRANSITION` and `details.open`, the ids of the open parts.
 *
 * The cascade cancels them and whatever is open below them. It does not complete them: from most statuses there is no
 * way to `completed` (a draft was never begun), while `cancelled` can be reached from every open one; and the log must
 * not say that work was done which was not.
 */
export const completionGuard: Guard = {
  check: (subject, reader) => {
    if (subject.after === undefined || !entersStatus(subject, 'completed')) return undefined
    const open = openParts(subject.type, subject.after.id, reader)
    if (open.length === 0) return undefined
    const list = firstFew(open.map(({ type, record }) => `${type} ${record.id} is ${record.status}`))
    return illegalTransition(
      subject,
      `none of its parts may be open, and ${open.length} are (${list}). ` +
        'Complete or cancel them, cascade to cancel them all, or force with a reason',
      { open: open.map(({ record }) => record.id) },
    )
  },
  cascade: ({ type, after }, reader) =>
    after === undefined
      ? []
      : openDescendants(type, after.id, reader).map((part) => ({
          type: part.type,
          id: part.record.id,
          changes: { status: 'cancelled' },
        })),
}
