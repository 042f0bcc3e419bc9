import { seededPick } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { isOpenStatus, type Spec, type WorkStatus, workStatuses } from '@stateward/domain'
import { expect, test } from 'vitest'
import { type OpenWork, openWork } from './open-work.ts'

/** A plan of random specs, each of which depends on some before it. */
async function randomPlan(open: OpenWork, seed: number): Promise<{ planId: string }> {
  const { state, clock } = open
  const pick = seededPick(seed)
  const plan = await state.plan.create({ name: 'p' })
  const specs: Spec[] = []
  for (let at = 0; at < 12; at++) {
    clock.pass(1)
    const dependencies = specs.filter(() => pick(4) === 0).map(({ id }) => id)
    const status: WorkStatus = workStatuses[pick(workStatuses.length)] ?? 'pending'
    specs.push(await state.spec.create({ plan_id: plan.id, name: `${at}`, status, dependencies }))
  }
  const gone = specs[pick(12)]
  if (gone !== undefined && pick(2) === 0) await state.spec.delete(gone.id)
  return { planId: plan.id }
}

/** Everything that can be reached along dependencies, by the definition. */
function reach(id: string, byId: ReadonlyMap<string, Spec>, through: (spec: Spec | undefined) => boolean): Set<string> {
  const found = new Set<string>()
  const visit = (one: string): void => {
    for (const next of byId.get(one)?.dependencies ?? []) {
      if (found.has(next)) continue
      found.add(next)
      if (through(byId.get(next))) visit(next)
    }
  }
  visit(id)
  return found
}

test('levels, dead ends, blockers and what unblocks agree with their definitions, on random plans', async () => {
  for (let seed = 1; seed <= 15; seed++) {
    const open = await openWork({ cacheBytes: seed % 2 === 0 ? 1 : 1_000_000 })
    const { state, work } = open
    const { planId } = await randomPlan(open, seed)
    const specs = await state.spec.where({ plan_id: planId }).all()
    const byId = new Map(specs.map((spec) => [spec.id, spec]))
    const { levels, cyclic, criticalPath } = await work.levels(planId)
    expect(cyclic).toEqual([])
    const levelOf = (id: string): number =>
      1 + Math.max(0, ...(byId.get(id)?.dependencies ?? []).filter((one) => byId.has(one)).map(levelOf))
    expect(levels.flatMap((ids, at) => ids.map((id) => [id, at + 1])).sort()).toEqual(
      specs.map(({ id }) => [id, levelOf(id)]).sort(),
    )
    const isOpen = (spec: Spec | undefined): boolean => spec !== undefined && isOpenStatus(spec.status)
    const chain = (id: string): number =>
      isOpen(byId.get(id)) ? 1 + Math.max(0, ...(byId.get(id)?.dependencies ?? []).map(chain)) : 0
    expect(criticalPath.length).toBe(Math.max(0, ...specs.map(({ id }) => chain(id))))
    for (const [at, id] of criticalPath.slice(1).entries())
      expect(byId.get(id)?.dependencies).toContain(criticalPath[at])
    const isDead = (id: string): boolean => ['failed', 'cancelled', undefined].includes(byId.get(id)?.status)
    const dead = specs.flatMap(({ id, status }) => {
      const roots = [...reach(id, byId, isOpen)].filter(isDead)
      return isOpenStatus(status) && roots.length > 0 ? [[id, roots.sort()]] : []
    })
    const found = await work.deadEnds(planId)
    expect(found.map(({ id, roots }) => [id, roots.map((root) => root.id).sort()]).sort()).toEqual(dead.sort())
    for (const { id, dependencies } of specs) {
      const unmet = (one: string): boolean => byId.get(one)?.status !== 'completed'
      const { direct, roots } = await work.blockers(id)
      expect(direct.map((one) => one.id)).toEqual(dependencies.filter(unmet))
      const behind = [...reach(id, byId, (spec) => spec?.status !== 'completed')].filter(unmet)
      const ends = behind.filter((one) => !(byId.get(one)?.dependencies ?? []).some(unmet))
      expect(roots.map((one) => one.id).sort()).toEqual(ends.sort())
      const unblocks = await work.unblocks(id)
      const waiting = specs.filter((one) => one.status === 'pending' && one.dependencies.includes(id))
      const freed = waiting.filter((one) => one.dependencies.every((other) => other === id || !unmet(other)))
      expect([...unblocks.ready].sort()).toEqual(freed.map((one) => one.id).sort())
    }
    await state.close()
  }
})

test('a held plan holds its specs back, and says so', async () => {
  const { state, work } = await openWork()
  const plan = await state.plan.create({ name: 'p', status: 'pending' })
  const spec = await state.spec.create({ plan_id: plan.id, name: 's', status: 'pending' })
  expect((await work.ready()).map(({ id }) => id)).toEqual([spec.id])
  await state.plan.update(plan.id, { status: 'blocked' })
  expect(await work.ready()).toEqual([])
  expect((await work.blockers(spec.id)).direct).toEqual([{ type: 'plan', id: plan.id, status: 'blocked' }])
})

test('integrity finds what rules that were skipped have left behind', async () => {
  const { state, work } = await openWork()
  const plan = await state.plan.create({ name: 'p', status: 'running' })
  const first = await state.spec.create({ plan_id: plan.id, name: 'first', status: 'pending' })
  const second = await state.spec.create({
    plan_id: plan.id,
    name: 'second',
    status: 'running',
    dependencies: [first.id],
  })
  const phase = await state.phase.create({ spec_id: second.id, name: 'open', status: 'pending' })
  expect(await work.integrity(plan.id)).toEqual({ cyclic: [], dangling: [], openUnderCompleted: [] })
  await state.spec.update(second.id, { status: 'completed' }, { force: true, reason: 'a test' })
  await state.spec.delete(first.id)
  expect(await work.integrity(plan.id)).toEqual({
    cyclic: [],
    dangling: [{ id: second.id, dependency: first.id, reason: 'deleted' }],
    openUnderCompleted: [{ id: phase.id, whole: second.id }],
  })
})

test('a roll-up counts every execution under a plan', async () => {
  const { state, work, clock } = await openWork()
  const plan = await state.plan.create({ name: 'p' })
  const spec = await state.spec.create({ plan_id: plan.id, name: 's' })
  const phase = await state.phase.create({ spec_id: spec.id, name: 'f' })
  const metrics = {
    total_tokens: { prompt_tokens: 10, completion_tokens: 5, total_cost: 0.5 },
    tool_invocations: {},
    iteration_durations_ms: [100, 20],
    retry_count: 1,
    resource_usage: {},
  }
  await state.execution.create({
    loop_type: 'x',
    target_type: 'plan',
    target_id: plan.id,
    status: 'completed',
    metrics,
  })
  await state.execution.create({ loop_type: 'x', target_type: 'spec', target_id: spec.id, status: 'failed', metrics })
  clock.pass(60_000)
  const error = { code: '__proto__', message: 'odd' }
  await state.execution.create({
    loop_type: 'x',
    target_type: 'phase',
    target_id: phase.id,
    status: 'failed',
    metrics,
    error,
  })
  expect(await work.rollup(plan.id)).toEqual({
    executions: 3,
    promptTokens: 30,
    completionTokens: 15,
    cost: 1.5,
    durationMs: 360,
    retries: 3,
    byStatus: { completed: 1, failed: 2 },
    failuresByCode: Object.fromEntries([
      ['none', 1],
      ['__proto__', 1],
    ]),
  })
  const since = new Date(clock.now()).toISOString()
  expect(await work.rollup(plan.id, { since })).toMatchObject({ executions: 1, byStatus: { failed: 1 } })
})

test('a question about nothing says so', async () => {
  const { work } = await openWork()
  for (const asked of [
    work.levels('x'),
    work.deadEnds('x'),
    work.integrity('x'),
    work.rollup('x'),
    work.blockers('x'),
    work.unblocks('x'),
  ]) {
    const error = await asked.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(hasCode(error, 'NOT_FOUND'), String(error)).toBe(true)
  }
  const error = await work.ready({ limit: 0 }).catch((reason: unknown) => reason)
  expect(hasCode(error, 'INVALID')).toBe(true)
})
