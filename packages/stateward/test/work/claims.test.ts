import { type ErrorCode, hasCode } from '@stateward/contract'
import type { Held, Spec } from '@stateward/domain'
import { describe, expect, test } from 'vitest'
import { type OpenWork, openWork } from './open-work.ts'

const terms = { holder: 'ada', ttlMs: 1_000 }

async function withSpecs(count: number): Promise<OpenWork & { readonly specs: readonly Spec[] }> {
  const open = await openWork()
  const plan = await open.state.plan.create({ name: 'p' })
  const specs: Spec[] = []
  for (let at = 0; at < count; at++) {
    open.clock.pass(1)
    specs.push(await open.state.spec.create({ plan_id: plan.id, name: `s${at}`, status: 'pending' }))
  }
  return { ...open, specs }
}

const refused = async (asked: Promise<unknown>, code: ErrorCode): Promise<Readonly<Record<string, unknown>>> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(hasCode(error, code), String(error)).toBe(true)
  return hasCode(error, code) ? error.details : {}
}

const mustHold = (held: Held | undefined): Held => {
  if (held === undefined) throw new Error('expected a claim')
  return held
}

describe('a claim', () => {
  test('begins the spec and an execution, in one commit', async () => {
    const { state, work, specs } = await withSpecs(1)
    const before = (await state.stats()).commits
    const held = await work.claim({ type: 'spec', id: specs[0]?.id ?? '' }, { ...terms, loopType: 'build' })
    expect((await state.stats()).commits).toBe(before + 1)
    expect(await state.spec.get(held.id)).toMatchObject({ status: 'running' })
    expect(held.execution).toMatchObject({ status: 'running', target_id: held.id, loop_type: 'build' })
    expect(held.execution.started_at).toBe(held.execution.created_at)
    expect(held.claim).toMatchObject({
      id: held.id,
      token: 1,
      holder: 'ada',
      status: 'held',
      execution_id: held.execution.id,
    })
  })

  test('keeps everybody else out while it lives, also one of the same name', async () => {
    const { work, specs, clock } = await withSpecs(1)
    const id = specs[0]?.id ?? ''
    const held = await work.claim({ type: 'spec', id }, terms)
    clock.pass(999)
    const details = await refused(work.claim({ type: 'spec', id }, terms), 'CONFLICT')
    expect(details).toMatchObject({ holder: 'ada', token: held.token })
    await work.heartbeat(held)
    clock.pass(999)
    await refused(work.claim({ type: 'spec', id }, terms), 'CONFLICT')
    expect(await work.reap()).toEqual([])
  })

  test('is taken over when its time is up, and the former holder is fenced off from then on', async () => {
    const { state, work, specs, clock } = await withSpecs(1)
    const id = specs[0]?.id ?? ''
    const first = await work.claim({ type: 'spec', id }, terms)
    clock.pass(1_000)
    // Nothing has happened to it yet: it expires when somebody acts on it.
    await work.fenced(first, [{ op: 'update', type: 'spec', id, changes: { description: 'late, and alone' } }])
    const second = await work.claim({ type: 'spec', id }, { ...terms, holder: 'grace' })
    expect(second.token).toBeGreaterThan(first.token)
    expect(await state.execution.get(first.execution.id)).toMatchObject({
      status: 'failed',
      error: { code: 'CLAIM_EXPIRED' },
    })
    const details = await refused(work.heartbeat(first), 'FENCED')
    expect(details).toMatchObject({ token: first.token, currentToken: second.token, holder: 'grace' })
    await refused(work.release(first, { outcome: 'completed' }), 'FENCED')
    const changes = { description: 'too late' }
    await refused(work.fenced(first, [{ op: 'update', type: 'spec', id, changes }]), 'FENCED')
    expect(await state.spec.get(id)).toMatchObject({ description: 'late, and alone', status: 'running' })
  })

  test('does not mind the clock being set, and starts its time anew when the store is opened again', async () => {
    const { state, work, specs, clock, storage } = await withSpecs(1)
    const id = specs[0]?.id ?? ''
    await work.claim({ type: 'spec', id }, terms)
    clock.step(86_400_000)
    await refused(work.claim({ type: 'spec', id }, terms), 'CONFLICT')
    clock.step(-2 * 86_400_000)
    clock.pass(999)
    await refused(work.claim({ type: 'spec', id }, terms), 'CONFLICT')
    await state.close()
    const again = await openWork({ storage, clock })
    await refused(again.work.claim({ type: 'spec', id }, terms), 'CONFLICT')
    clock.pass(999)
    expect(await again.work.reap()).toEqual([])
    clock.pass(1)
    expect((await again.work.reap()).map((claim) => claim.id)).toEqual([id])
  })

  test('asked for again with its txid is the same one, also after the store was opened again', async () => {
    const { state, work, clock, storage } = await withSpecs(2)
    const first = await work.claimNext(terms, { txid: 'once' })
    expect(await work.claimNext(terms, { txid: 'once' })).toEqual(first)
    await state.close()
    const again = await openWork({ storage, clock })
    expect(await again.work.claimNext(terms, { txid: 'once' })).toEqual(first)
    expect(await again.state.execution.where({}).count()).toBe(1)
  })
})

test('claimNext gives the oldest that is ready, each to one caller, and nothing when there is none', async () => {
  const { state, work, specs } = await withSpecs(5)
  const held = await Promise.all(Array.from({ length: 8 }, () => work.claimNext(terms)))
  expect(held.flatMap((one) => (one === undefined ? [] : [one.id]))).toEqual(specs.map(({ id }) => id))
  expect(await work.ready()).toEqual([])
  expect(await work.claimNext({ ...terms, planId: specs[0]?.plan_id ?? '' })).toBeUndefined()
  const [first] = held
  await work.release(mustHold(first), { outcome: 'completed' })
  await state.spec.create({
    plan_id: specs[0]?.plan_id ?? '',
    name: 'next',
    status: 'pending',
    dependencies: [first?.id ?? ''],
  })
  expect(mustHold(await work.claimNext(terms)).execution.status).toBe('running')
})

test.each([
  ['completed', 'completed', 'completed'],
  ['failed', 'failed', 'failed'],
  ['returned', 'pending', 'cancelled'],
] as const)('a release as %s leaves the spec %s and the execution %s', async (outcome, spec, execution) => {
  const { state, work } = await withSpecs(1)
  const held = mustHold(await work.claimNext(terms))
  const before = (await state.stats()).commits
  const error = { code: 'E', message: 'why' }
  const claim = await work.release(held, { outcome, ...(outcome === 'failed' ? { error } : {}) })
  expect((await state.stats()).commits).toBe(before + 1)
  expect(claim).toMatchObject({ status: 'released', token: held.token })
  expect(await state.spec.get(held.id)).toMatchObject({ status: spec })
  expect(await state.execution.get(held.execution.id)).toMatchObject({
    status: execution,
    ...(outcome === 'failed' ? { error } : {}),
  })
  await refused(work.heartbeat(held), 'FENCED')
  expect((await work.ready()).length).toBe(outcome === 'returned' ? 1 : 0)
})

test('reap ends what has outlived its time, all in one commit, and says so', async () => {
  const { state, work, clock } = await withSpecs(3)
  const [first, second] = [mustHold(await work.claimNext(terms)), mustHold(await work.claimNext(terms))]
  clock.pass(500)
  await work.heartbeat(second)
  clock.pass(500)
  expect((await work.unclaimed()).map(({ id }) => id)).toEqual([first.execution.id])
  const before = (await state.stats()).commits
  const reaped = await work.reap()
  expect((await state.stats()).commits).toBe(before + 1)
  expect(reaped).toMatchObject([{ id: first.id, status: 'expired', token: first.token }])
  expect(await state.spec.get(first.id)).toMatchObject({ status: 'pending' })
  expect(await state.execution.get(first.execution.id)).toMatchObject({
    status: 'failed',
    error: { code: 'CLAIM_EXPIRED' },
  })
  expect(await work.unclaimed()).toEqual([])
  expect(mustHold(await work.claimNext(terms)).token).toBe(first.token + 1)
})

test('tokens outlive everything: a claim cannot be deleted, and its token only grows', async () => {
  const { state, work, specs } = await withSpecs(1)
  const id = specs[0]?.id ?? ''
  const held = await work.claim({ type: 'spec', id }, terms)
  await refused(state.claim.delete(id), 'RESTRICTED')
  await refused(state.claim.update(id, { token: 0 }), 'INVALID')
  await work.release(held, { outcome: 'returned' })
  await state.spec.delete(id, { cascade: true })
  await state.spec.restore(id)
  expect((await work.claim({ type: 'spec', id }, terms)).token).toBe(2)
})

test('what cannot run cannot be claimed', async () => {
  const { state, work, specs } = await withSpecs(2)
  const [first, second] = specs
  await state.spec.update(second?.id ?? '', { dependencies: [first?.id ?? ''] })
  await refused(work.claim({ type: 'spec', id: second?.id ?? '' }, terms), 'ILLEGAL_TRANSITION')
  await state.spec.update(first?.id ?? '', { status: 'cancelled' })
  await refused(work.claim({ type: 'spec', id: first?.id ?? '' }, terms), 'ILLEGAL_TRANSITION')
  await refused(work.claim({ type: 'spec', id: '0198c0de-0000-7000-8000-000000000000' }, terms), 'NOT_FOUND')
  expect(await state.claim.where({}).count()).toBe(0)
})

test.each([
  { holder: '', ttlMs: 1 },
  { holder: 'a', ttlMs: 0 },
  { holder: 'a', ttlMs: 1.5 },
  { holder: 'a', ttlMs: 86_400_001 },
  { holder: 'a' },
  { holder: 'a', ttlMs: 1, ttl: 5 },
] as { holder: string; ttlMs: number }[])('terms that make no sense are refused: %j', async (given) => {
  const { work } = await withSpecs(1)
  await refused(work.claimNext(given), 'INVALID')
})
