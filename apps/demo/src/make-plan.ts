import type { Plan, Spec } from 'stateward'
import type { Store } from './store.ts'
import { phaseNames, workPlan } from './work-plan.ts'

/** Creates the plan, its specs with their dependencies, and their phases; resolves when all of it is durable. */
export async function makePlan(state: Store): Promise<{ readonly plan: Plan; readonly specs: readonly Spec[] }> {
  const plan = await state.plan.create({ name: 'Build a store one can trust', status: 'pending' })
  const byName = new Map<string, Spec>()
  for (const { name, after } of workPlan) {
    const dependencies = after.flatMap((other) => byName.get(other)?.id ?? [])
    byName.set(name, await state.spec.create({ plan_id: plan.id, name, dependencies, status: 'pending' }))
  }
  const specs = [...byName.values()]
  const phases = specs.flatMap((spec) =>
    phaseNames.map((name, order) => ({ spec_id: spec.id, name, order, status: 'pending' as const })),
  )
  await state.phase.createMany(phases)
  return { plan: await state.plan.update(plan.id, { status: 'running' }), specs }
}
