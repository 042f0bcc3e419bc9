import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Acknowledgements } from './acknowledgements.ts'
import { type DemoState, openDemoState } from './demo-state.ts'
import type { Acknowledged, FromWriter, ToWriter, WriterOrders } from './messages.ts'
import { Queue } from './queue.ts'
import { takeUpAgain } from './resume.ts'

/** The process that writes, with its workers, until its plan is done or it is killed. Started by `startWriter`. */
const workers = 6
const orders = JSON.parse(process.argv[2] ?? '') as WriterOrders

const burst = { wanted: false }
const underWay = { writes: 0 }
process.on('message', ({ kind }: ToWriter) => {
  if (kind === 'burst') burst.wanted = true
})
// A terminal sends Ctrl-C to both; it is the parent's to decide.
process.on('SIGINT', () => {})
// Without its parent nobody would ever end it.
process.on('disconnect', () => process.exit(1))

/** Resolves when the message is on its way. */
function tell(message: FromWriter): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()))
}

const acknowledgements = new Acknowledgements(({ writes, commits }) => {
  tell({ kind: 'acknowledged', writes, commits, underWay: underWay.writes })
})
const acknowledge = (write: Acknowledged): void => acknowledgements.add(write)

async function run(): Promise<void> {
  const started = performance.now()
  const state = await openDemoState(orders.dir, orders.types)
  const openedMs = performance.now() - started
  await noteWhatIsThere(state)
  const resumed = await takeUpAgain(state, orders.planId, acknowledge)
  await tell({ kind: 'opened', recovery: state.recovery, openedMs, resumed })
  await setPlan(state, 'running')
  const queue = new Queue(state, orders.planId)
  await Promise.all(
    Array.from({ length: workers }, (_, worker) =>
      queue.work({ state, worker, acknowledge, burst, underWay, pause: () => delay(orders.stepMs) }),
    ),
  )
  await setPlan(state, 'completed')
  acknowledgements.flush()
  await state.close()
}

async function noteWhatIsThere(state: DemoState): Promise<void> {
  const { planId } = orders
  const plan = await state.plan.get(planId)
  const specs = await state.spec.where({ plan_id: planId }).all()
  const ids = specs.map(({ id }) => id)
  const phases = await state.phase.where({ spec_id: { in: ids } }).all()
  const executions = await state.execution.where({ target_id: { in: ids } }).all()
  for (const record of [plan, ...specs, ...phases, ...executions]) {
    if (record !== undefined) acknowledgements.known(record.id, record.rev)
  }
}

async function setPlan(state: DemoState, status: 'running' | 'completed'): Promise<void> {
  const { id, rev } = await state.plan.update(orders.planId, { status })
  acknowledge({ type: 'plan', id, rev, status })
}

try {
  await run()
  await tell({ kind: 'finished' })
} catch (error) {
  const { code = 'DEFECT', message = String(error) } = error as { readonly code?: string; readonly message?: string }
  await tell({ kind: 'failed', code, message })
  process.exitCode = 1
} finally {
  process.removeAllListeners('disconnect')
  process.disconnect()
}
