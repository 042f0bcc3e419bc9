import { failuresOf } from './bookshop.ts'
import type { DemoState } from './demo-state.ts'
import type { Acknowledged } from './messages.ts'

/**
 * Takes back what a killed writer had begun, so that it can be begun again: its executions have failed, its phases and
 * specs wait again. Resolves with the number of specs.
 */
export async function takeUpAgain(
  state: DemoState,
  planId: string,
  acknowledge: (write: Acknowledged) => void,
): Promise<number> {
  const begun = await state.spec.where({ plan_id: planId, status: { in: ['running', 'failed'] } }).all()
  // One that has failed for good stays so.
  const specs = begun.filter((spec) => spec.status === 'running' || failuresOf(spec) !== Number.POSITIVE_INFINITY)
  for (const { id: specId } of specs) {
    const executions = await state.execution
      .where({ target_id: specId, status: { in: ['created', 'queued', 'running'] } })
      .all()
    for (const { id, status: was } of executions) {
      const status = was === 'running' ? 'failed' : 'cancelled'
      const lost = { code: 'WRITER_LOST', message: 'its process was killed' }
      const { rev, iteration_count } = await state.execution.update(id, { status, error: lost })
      acknowledge({ type: 'execution', id, rev, status, iteration: iteration_count, specId })
    }
    for (const { id } of await state.phase.where({ spec_id: specId, status: 'running' }).all()) {
      const { rev, status } = await state.phase.update(id, { status: 'pending' })
      acknowledge({ type: 'phase', id, rev, status, specId })
    }
    const { rev, status } = await state.spec.update(specId, { status: 'pending' })
    acknowledge({ type: 'spec', id: specId, rev, status })
  }
  return specs.length
}
