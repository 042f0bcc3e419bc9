import type { domain, Spec, State } from 'stateward'
import { bookshop, phaseNames, planName, type Work } from './bookshop.ts'

type DemoState = State<typeof domain>

/** The plan as it was written into the store. */
export interface LoadedPlan {
  readonly planId: string
  readonly specs: readonly Spec[]
  readonly phases: number
}

/** Writes the plan with its specs and phases; work that waits for other work is written after it. */
export async function loadPlan(state: DemoState): Promise<LoadedPlan> {
  const plan = await state.plan.create({ name: planName, status: 'pending' })
  const specs = new Map<string, Spec>()
  let waiting: readonly (Work & { readonly area: string })[] = bookshop.flatMap(({ name, work }) =>
    work.map((one) => ({ ...one, area: name })),
  )
  while (waiting.length > 0) {
    const next = waiting.filter(({ after }) => after.every((name) => specs.has(name)))
    const rows = next.map(({ name, after, area, fails }) => ({
      plan_id: plan.id,
      name,
      status: 'pending' as const,
      dependencies: after.flatMap((one) => specs.get(one)?.id ?? []),
      // Keys that the schema does not know are kept.
      area,
      ...(fails === undefined ? {} : { fails }),
    }))
    for (const spec of await state.spec.createMany(rows)) specs.set(spec.name, spec)
    waiting = waiting.filter(({ name }) => !specs.has(name))
  }
  const loaded = bookshop.flatMap(({ work }) => work.flatMap(({ name }) => specs.get(name) ?? []))
  const phases = loaded.flatMap((spec, at) =>
    // Two specs of three have three phases, the third has two.
    phaseNames.slice(0, at % 3 === 2 ? 2 : 3).map((name, order) => ({ spec_id: spec.id, name, order })),
  )
  await state.phase.createMany(phases)
  return { planId: plan.id, specs: loaded, phases: phases.length }
}
