import type { Guard } from '@stateward/contract'
import { firstFew } from './first-few.ts'
import { entersStatus, illegalTransition } from './illegal-transition.ts'
import { textsIn } from './texts-in.ts'

/**
 * A spec starts only when every one of its dependencies is completed; one that was deleted is not. Refuses with
 * `ILLEGAL_TRANSITION` and `details.blockedBy`, the ids in the order of `dependencies`. No cascade: work cannot be
 * completed by decree.
 */
export const startGuard: Guard = {
  check: (subject, reader) => {
    if (subject.after === undefined || !entersStatus(subject, 'running')) return undefined
    const waits = textsIn(subject.after, 'dependencies').map((id) => ({
      id,
      status: reader.get('spec', id)?.status ?? 'deleted',
    }))
    const blocking = waits.filter(({ status }) => status !== 'completed')
    if (blocking.length === 0) return undefined
    const list = firstFew(blocking.map(({ id, status }) => `${id} is ${status}`))
    return illegalTransition(
      subject,
      `every dependency must be completed, and ${blocking.length} of ${waits.length} are not (${list}). ` +
        'Complete them, take them out of dependencies, or force with a reason',
      { blockedBy: blocking.map(({ id }) => id) },
    )
  },
}
