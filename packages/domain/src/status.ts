/** Every status of a plan, a spec and a phase. */
export const workStatuses = ['draft', 'pending', 'running', 'completed', 'failed', 'cancelled', 'blocked'] as const

export type WorkStatus = (typeof workStatuses)[number]

/** Where a plan, a spec or a phase may go from each status. */
export const workTransitions: Readonly<Record<WorkStatus, readonly WorkStatus[]>> = {
  draft: ['pending', 'cancelled'],
  pending: ['draft', 'running', 'blocked', 'cancelled'],
  running: ['pending', 'completed', 'failed', 'cancelled', 'blocked'],
  blocked: ['pending', 'running', 'failed', 'cancelled'],
  failed: ['pending', 'cancelled'],
  completed: ['pending'],
  cancelled: ['draft'],
}

/** Every status of an execution. */
export const executionStatuses = ['created', 'queued', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const

export type ExecutionStatus = (typeof executionStatuses)[number]

/** Where an execution may go from each status. What has ended stays ended: a new try is a new execution. */
export const executionTransitions: Readonly<Record<ExecutionStatus, readonly ExecutionStatus[]>> = {
  created: ['queued', 'cancelled'],
  queued: ['running', 'cancelled'],
  running: ['paused', 'completed', 'failed', 'cancelled'],
  paused: ['running', 'cancelled', 'failed'],
  completed: [],
  failed: [],
  cancelled: [],
}

const closedStatuses: ReadonlySet<unknown> = new Set(['completed', 'failed', 'cancelled'])

/** Whether a record of any of the types with this status still waits for something to be done. */
export function isOpenStatus(status: unknown): boolean {
  return !closedStatuses.has(status)
}
