// The process that writes, and that the demo kills in the middle: opens the directory, makes the plan if it is not there,
// gives back what a dead worker held, and lets the workers run until nothing is open.
import { openState } from 'stateward'
import type { WriterEvent } from './events.ts'
import { makePlan } from './make-plan.ts'
import type { Store } from './store.ts'
import { work } from './worker.ts'

const [dir = '', known = ''] = process.argv.slice(2)
const workers = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay']
const tell = (event: WriterEvent): void => {
  process.send?.(event)
}

const state = await openState(dir, { owner: `the demo's writer, pid ${process.pid}` })
const planId = known === '' ? await begin(state) : known
await takeBack(state, planId)
await Promise.all(workers.map((name) => work({ state, planId, name, tell })))
const plan = await state.plan.update(planId, { status: 'completed' })
tell({ kind: 'acknowledged', type: 'plan', id: plan.id, rev: plan.rev })
await state.close()
tell({ kind: 'finished' })
process.disconnect?.()

async function begin(store: Store): Promise<string> {
  const { plan: made, specs } = await makePlan(store)
  tell({ kind: 'acknowledged', type: 'plan', id: made.id, rev: made.rev })
  for (const { id, rev } of specs) tell({ kind: 'acknowledged', type: 'spec', id, rev })
  tell({ kind: 'planned', planId: made.id, specs: specs.map(({ id, name }) => ({ id, name })) })
  return made.id
}

/** What was running when the former writer died goes back to the queue; the log says that it did, and why. */
async function takeBack(store: Store, ofPlan: string): Promise<void> {
  for (const spec of await store.spec.where({ plan_id: ofPlan, status: 'running' }).all()) {
    const lost = await store.execution.where({ target_id: spec.id, status: { in: ['queued', 'running'] } }).all()
    for (const { id, status } of lost) {
      const error = { code: 'WORKER_LOST', message: 'Its process was killed.' }
      await store.execution.update(id, { status: status === 'queued' ? 'cancelled' : 'failed', error })
    }
    const { id, rev } = await store.spec.update(spec.id, { status: 'pending' }, { actor: 'recovery' })
    tell({ kind: 'acknowledged', type: 'spec', id, rev })
    tell({ kind: 'step', specId: id, status: 'pending', phasesDone: 0, worker: 'recovery' })
  }
}
