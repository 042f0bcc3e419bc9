import { seededPick } from '@stateward/conformance'
import { hasCode } from '@stateward/contract'
import { type Spec, type WorkStatus, workTransitions } from '@stateward/domain'
import { describe, expect, test } from 'vitest'
import { type OpenWork, openWork } from './open-work.ts'

const holding = ['blocked', 'completed', 'failed', 'cancelled']

/** The slow obvious answer: every spec looked at. */
async function readySlowly({ state }: OpenWork, planId?: string): Promise<string[]> {
  const plans = new Map((await state.plan.where({}).all()).map((plan) => [plan.id, plan]))
  const specs = await state.spec.where({}).all()
  const byId = new Map(specs.map((spec) => [spec.id, spec]))
  const ready = specs.filter((spec) => {
    const plan = plans.get(spec.plan_id)
    if (spec.status !== 'pending' || plan === undefined || holding.includes(plan.status)) return false
    if (planId !== undefined && spec.plan_id !== planId) return false
    return spec.dependencies.every((id) => byId.get(id)?.status === 'completed')
  })
  const key = ({ created_at, id }: Spec): string => `${created_at} ${id}`
  return ready.sort((left, right) => (key(left) < key(right) ? -1 : 1)).map(({ id }) => id)
}

type Pick = ReturnType<typeof seededPick>

/** One step of a history, at random; whatever is refused is refused. */
async function step({ state, clock }: OpenWork, pick: Pick, plans: string[], specs: string[]): Promise<void> {
  const some = (ids: readonly string[]): string => ids[pick(ids.length)] ?? ''
  const statusFrom = (record: { readonly status: WorkStatus } | undefined): WorkStatus => {
    const targets = workTransitions[record?.status ?? 'draft']
    return targets[pick(targets.length)] ?? 'pending'
  }
  clock.pass(pick(3))
  const forced = { force: true, reason: 'the history says so' } as const
  switch (pick(14)) {
    case 0:
      plans.push((await state.plan.create({ name: 'p' })).id)
      break
    case 1:
    case 2: {
      const plan_id = some(plans)
      const dependencies = [...new Set([some(specs), some(specs)])].slice(0, pick(3))
      const status = pick(2) === 0 ? 'pending' : 'completed'
      specs.push((await state.spec.create({ plan_id, name: 's', status, dependencies })).id)
      break
    }
    case 3: {
      const id = some(plans)
      await state.plan.update(id, { status: statusFrom(await state.plan.get(id)) }, forced)
      break
    }
    case 4:
      await state.spec.delete(some(specs), { cascade: true })
      break
    case 5:
      await state.spec.restore(some(specs))
      break
    case 6:
      await state.spec.update(some(specs), { dependencies: [some(specs)] })
      break
    case 7:
      await state.spec.update(some(specs), { plan_id: some(plans), dependencies: [] })
      break
    case 8:
      await state.plan.delete(some(plans), { cascade: true })
      break
    case 9:
    case 10: {
      // All the way, and back: what others wait for is completed, and taken back.
      const id = some(specs)
      const { status } = (await state.spec.get(id)) ?? {}
      const way = status === 'completed' ? ['pending'] : ['running', 'completed']
      for (const to of way as WorkStatus[]) await state.spec.update(id, { status: to }, forced)
      break
    }
    default: {
      const id = some(specs)
      await state.spec.update(id, { status: statusFrom(await state.spec.get(id)) }, forced)
    }
  }
}

describe.each([undefined, 1])('ready specs, with a cache of %s bytes', (cacheBytes) => {
  test('are those that a look at all of them gives, after every step of any history', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const pick = seededPick(seed)
      const open = await openWork(cacheBytes === undefined ? {} : { cacheBytes })
      const plans = [(await open.state.plan.create({ name: 'first' })).id]
      const specs: string[] = []
      for (let at = 0; at < 6; at++) {
        const dependencies = specs.slice(-1 - pick(2))
        specs.push(
          (await open.state.spec.create({ plan_id: plans[0] ?? '', name: 's', status: 'pending', dependencies })).id,
        )
      }
      // Asked for the first time at any point: what came before is sown, what comes after is heard.
      const firstAsked = pick(30)
      for (let at = 0; at < 60; at++) {
        await step(open, pick, plans, specs).catch((error: unknown) => {
          if (!isRefusal(error)) throw error
        })
        if (at < firstAsked) continue
        const found = (await open.work.ready({ limit: 1_000 })).map(({ id }) => id)
        expect(found, `seed ${seed}, step ${at}`).toEqual(await readySlowly(open))
        const planId = plans[pick(plans.length)] ?? ''
        const ofPlan = (await open.work.ready({ planId, limit: 1_000 })).map(({ id }) => id)
        expect(ofPlan, `seed ${seed}, step ${at}, plan`).toEqual(await readySlowly(open, planId))
        expect((await open.work.ready({ limit: 2 })).map(({ id }) => id)).toEqual(found.slice(0, 2))
      }
      await open.state.close()
    }
  })
})

function isRefusal(error: unknown): boolean {
  return (
    ['ILLEGAL_TRANSITION', 'INVALID_REFERENCE', 'NOT_FOUND', 'RESTRICTED', 'ALREADY_EXISTS', 'INVALID'] as const
  ).some((code) => hasCode(error, code))
}

test('while the set is being filled, writes go on and nothing is missed', async () => {
  const open = await openWork({ cacheBytes: 1 })
  const { state, work } = open
  const plan = await state.plan.create({ name: 'p' })
  const rows = Array.from({ length: 1_000 }, () => ({ plan_id: plan.id, name: 's', status: 'pending' as const }))
  const specs = await state.spec.createMany(rows)
  const asked = work.ready({ limit: 1_000 })
  await Promise.all(
    specs.map(({ id }, at) =>
      at % 3 === 0 ? state.spec.update(id, { status: 'running' }) : at % 3 === 1 ? state.spec.delete(id) : undefined,
    ),
  )
  await asked
  expect((await work.ready({ limit: 1_000 })).map(({ id }) => id)).toEqual(await readySlowly(open))
})
