import type { Execution, Phase, Spec } from 'stateward'
import { failuresOf } from './bookshop.ts'
import type { DemoState } from './demo-state.ts'
import type { Acknowledged } from './messages.ts'

/** What a worker is given. */
export interface Tools {
  readonly state: DemoState
  readonly worker: number
  /** Tells the parent of a write that is durable. */
  readonly acknowledge: (write: Acknowledged) => void
  readonly pause: () => Promise<void>
  /** Set when the parent asks for a burst: then the worker writes until it is killed. */
  readonly burst: { wanted: boolean }
  readonly underWay: { writes: number }
}

const iterationsPerPhase = 4
const attempts = 2
const burstUnderWay = 64

/** Carries one spec from pending to completed or failed. Each step is begun only when the one before it is durable. */
export async function carrySpec(spec: Spec, tools: Tools): Promise<void> {
  const failures = failuresOf(spec)
  for (let attempt = 1; ; attempt++) {
    await setSpec(spec, 'running', tools)
    const succeeded = await runOnce(spec, { tools, succeeds: attempt > failures })
    if (succeeded) return setSpec(spec, 'completed', tools)
    const again = attempt < attempts
    await setSpec(spec, 'failed', tools, again)
    if (!again) return
    await setSpec(spec, 'pending', tools)
  }
}

async function runOnce(spec: Spec, { tools, succeeds }: { tools: Tools; succeeds: boolean }): Promise<boolean> {
  const execution = await beginExecution(spec, tools)
  const phases = await tools.state.phase.where({ spec_id: spec.id }).orderBy('order').all()
  const left = phases.filter(({ status }) => status !== 'completed')
  for (const [at, phase] of left.entries()) {
    await setPhase(phase, 'running', tools)
    for (let turn = 0; turn < iterationsPerPhase; turn++) {
      await tools.pause()
      await iterate(execution, tools)
      if (tools.burst.wanted) await writeUntilKilled(execution, tools)
    }
    if (!succeeds && at === left.length - 1) {
      await setPhase(phase, 'failed', tools)
      await endExecution(execution, 'failed', tools)
      return false
    }
    await setPhase(phase, 'completed', tools)
  }
  await endExecution(execution, 'completed', tools)
  return true
}

/** An execution and how often it has iterated. */
interface Running {
  readonly id: string
  readonly specId: string
  iterations: number
}

async function beginExecution(spec: Spec, tools: Tools): Promise<Running> {
  const { state } = tools
  const created = await written(tools, () =>
    state.execution.create({ loop_type: 'work', target_type: 'spec', target_id: spec.id }),
  )
  tellExecution(created, spec.id, tools)
  for (const status of ['queued', 'running'] as const) {
    tellExecution(await written(tools, () => state.execution.update(created.id, { status })), spec.id, tools)
  }
  return { id: created.id, specId: spec.id, iterations: 0 }
}

async function iterate(running: Running, tools: Tools): Promise<void> {
  running.iterations++
  const changes = { iteration_count: running.iterations }
  const execution = await written(tools, () => tools.state.execution.update(running.id, changes))
  tellExecution(execution, running.specId, tools)
}

/** Many writes at once, so that the kill finds some of them under way. */
async function writeUntilKilled(running: Running, tools: Tools): Promise<void> {
  const underWay = new Set<Promise<void>>()
  for (;;) {
    const write = iterate(running, tools).finally(() => underWay.delete(write))
    underWay.add(write)
    if (underWay.size >= burstUnderWay) await Promise.race(underWay)
  }
}

async function endExecution({ id, specId }: Running, status: 'completed' | 'failed', tools: Tools): Promise<void> {
  const error = status === 'failed' ? { error: { code: 'CHECK_FAILED', message: 'the last check did not pass' } } : {}
  tellExecution(await written(tools, () => tools.state.execution.update(id, { status, ...error })), specId, tools)
}

async function setSpec({ id }: Spec, status: Spec['status'], tools: Tools, again = false): Promise<void> {
  const { rev } = await written(tools, () => tools.state.spec.update(id, { status }))
  tools.acknowledge({ type: 'spec', id, rev, status, worker: tools.worker, again })
}

/** A phase that has not begun, or has failed before, is pending first. */
async function setPhase({ id, spec_id: specId }: Phase, status: Phase['status'], tools: Tools): Promise<void> {
  const path: Phase['status'][] = status === 'running' ? ['pending', 'running'] : [status]
  for (const next of path) {
    const { rev } = await written(tools, () => tools.state.phase.update(id, { status: next }))
    tools.acknowledge({ type: 'phase', id, rev, status: next, specId, worker: tools.worker })
  }
}

function tellExecution({ id, rev, status, iteration_count }: Execution, specId: string, tools: Tools): void {
  tools.acknowledge({ type: 'execution', id, rev, status, iteration: iteration_count, specId, worker: tools.worker })
}

async function written<T>({ underWay }: Tools, write: () => Promise<T>): Promise<T> {
  underWay.writes++
  try {
    return await write()
  } finally {
    underWay.writes--
  }
}
