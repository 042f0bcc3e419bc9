import { setTimeout as pause } from 'node:timers/promises'
import { type Execution, hasCode, type Spec } from 'stateward'
import type { WriterEvent } from './events.ts'
import type { Store } from './store.ts'
import { failsOnce } from './work-plan.ts'

export interface WorkerOptions {
  readonly state: Store
  readonly planId: string
  readonly name: string
  readonly tell: (event: WriterEvent) => void
}

/** Durable updates that one phase of work makes, one behind the other. */
const iterationsPerPhase = 12
const pauseMs = 12

/** Takes ready specs of the plan and carries them through, one at a time, until none is open. */
export async function work(options: WorkerOptions): Promise<void> {
  const { state, planId } = options
  for (;;) {
    const open = await state.spec.where({ plan_id: planId, status: { in: ['pending', 'running'] } }).count()
    if (open === 0) return
    const spec = await taken(options)
    if (spec === undefined) await pause(pauseMs)
    else await carryThrough(options, spec)
  }
}

/** Takes the oldest ready spec; `undefined` when none is ready, or another worker was faster each time. */
async function taken({ state, planId, name, tell }: WorkerOptions): Promise<Spec | undefined> {
  for (const spec of await readySpecs(state, planId)) {
    try {
      // The version that was looked at is the claim: of two workers that saw it, one gets a CONFLICT.
      const running = await state.spec.update(spec.id, { status: 'running' }, { expectedRev: spec.rev, actor: name })
      tell({ kind: 'acknowledged', type: 'spec', id: running.id, rev: running.rev })
      tell({ kind: 'step', specId: running.id, status: 'running', phasesDone: 0, worker: name })
      return running
    } catch (error) {
      if (!hasCode(error, 'CONFLICT')) throw error
    }
  }
  return undefined
}

async function readySpecs(state: Store, planId: string): Promise<readonly Spec[]> {
  const pending = await state.spec.where({ plan_id: planId, status: 'pending' }).orderBy('created_at').all()
  const completed = await state.spec.where({ plan_id: planId, status: 'completed' }).all()
  const done = new Set(completed.map(({ id }) => id))
  return pending.filter(({ dependencies }) => dependencies.every((id) => done.has(id)))
}

async function carryThrough({ state, name, tell }: WorkerOptions, spec: Spec): Promise<void> {
  const tries = await state.execution.where({ target_id: spec.id }).count()
  const created = await state.execution.create(
    { loop_type: 'demo', target_type: 'spec', target_id: spec.id, status: 'queued' },
    { actor: name },
  )
  const execution = await state.execution.update(created.id, { status: 'running', started_at: created.created_at })
  tell({ kind: 'acknowledged', type: 'execution', id: execution.id, rev: execution.rev })
  const phases = await state.phase.where({ spec_id: spec.id }).orderBy('order').all()
  let phasesDone = 0
  for (const phase of phases) {
    if (phase.status === 'pending') await state.phase.update(phase.id, { status: 'running' })
    await iterate(state, execution, tell)
    const ended = await state.phase.update(phase.id, { status: 'completed' }, { actor: name }).catch(ignoreIfEnded)
    if (ended !== undefined) tell({ kind: 'acknowledged', type: 'phase', id: ended.id, rev: ended.rev })
    phasesDone++
    tell({ kind: 'step', specId: spec.id, status: 'running', phasesDone, worker: name })
    await pause(pauseMs)
  }
  const failed = spec.name === failsOnce && tries === 0
  await end({ state, name, tell }, { spec, execution, failed })
}

/** Many small durable steps, each acknowledged before the next is taken. */
async function iterate(state: Store, { id }: Execution, tell: WorkerOptions['tell']): Promise<void> {
  const before = await state.execution.get(id)
  for (let count = 1; count <= iterationsPerPhase; count++) {
    const { rev } = await state.execution.update(id, { iteration_count: (before?.iteration_count ?? 0) + count })
    tell({ kind: 'acknowledged', type: 'execution', id, rev })
  }
}

/** The end of a spec and of its execution, as one commit. */
async function end(
  { state, name, tell }: Omit<WorkerOptions, 'planId'>,
  { spec, execution, failed }: { readonly spec: Spec; readonly execution: Execution; readonly failed: boolean },
): Promise<void> {
  const status = failed ? 'failed' : 'completed'
  const error = failed ? { error: { code: 'FIRST_TRY', message: 'The first try of this one always fails.' } } : {}
  const { results } = await state.transact(
    [
      { op: 'update', type: 'execution', id: execution.id, changes: { status, ...error } },
      { op: 'update', type: 'spec', id: spec.id, changes: { status } },
    ],
    { actor: name },
  )
  tell({ kind: 'acknowledged', type: 'execution', id: execution.id, rev: results[0].rev })
  tell({ kind: 'acknowledged', type: 'spec', id: spec.id, rev: results[1].rev })
  tell({ kind: 'step', specId: spec.id, status, phasesDone: 3, worker: name })
  if (!failed) return
  const again = await state.spec.update(spec.id, { status: 'pending' }, { actor: name })
  tell({ kind: 'acknowledged', type: 'spec', id: again.id, rev: again.rev })
}

/** A phase that an earlier try has completed stays so. */
function ignoreIfEnded(error: unknown): undefined {
  if (!hasCode(error, 'ILLEGAL_TRANSITION')) throw error
  return undefined
}
