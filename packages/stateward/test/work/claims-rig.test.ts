import { seededPick } from '@stateward/conformance'
import { type Commit, hasCode } from '@stateward/contract'
import type { Held } from '@stateward/domain'
import { expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { type OpenWork, openWork } from './open-work.ts'

const ttlMs = 100
const workers = 12
const specs = 8
const rounds = 40

/** What a worker believes. */
interface Worker {
  readonly name: string
  held: Held | undefined
  /** Rounds for which it does nothing, however long that is for its claim. */
  pausedFor: number
}

type Pick = ReturnType<typeof seededPick>

/** Refusals that a worker meets in the course of things. */
const expected = ['FENCED', 'CONFLICT', 'ILLEGAL_TRANSITION'] as const

async function act({ state, work }: OpenWork, worker: Worker, pick: Pick): Promise<void> {
  const { held } = worker
  if (worker.pausedFor > 0) {
    worker.pausedFor -= 1
    return
  }
  if (held === undefined) {
    worker.held = await work.claimNext({ holder: worker.name, ttlMs })
    return
  }
  switch (pick(10)) {
    case 0:
      worker.pausedFor = pick(8)
      break
    case 1:
      // Killed, and begun anew under the same name.
      worker.held = undefined
      break
    case 2:
    case 3:
      worker.held = undefined
      await work.release(held, { outcome: (['completed', 'failed', 'returned'] as const)[pick(3)] ?? 'returned' })
      break
    case 4:
    case 5:
      await work.heartbeat(held)
      break
    case 6:
      await work.claim(
        { type: 'spec', id: (await state.spec.where({ status: 'running' }).limit(1).all())[0]?.id ?? held.id },
        { holder: worker.name, ttlMs },
      )
      break
    default:
      // Tells by which token it was made, for whoever reads the log.
      await work.fenced(held, [
        { op: 'update', type: 'spec', id: held.id, changes: { description: `${held.token} ${pick(1e9)}` } },
      ])
  }
}

/** Makes work again of what has ended, as people do. */
async function reopened({ state }: OpenWork): Promise<void> {
  for (const { id, status } of await state.spec.where({ status: { in: ['completed', 'failed'] } }).all())
    await state.spec.update(id, { status: 'pending', description: `was ${status}` })
}

interface Known {
  readonly token: number
  readonly status: string
  readonly sinceMs: number
}

/** Reads the log as an auditor would: who held what by which token when each write was made. Answers the claims made. */
function audit(commits: readonly Commit[], msOf: (seq: number) => number): number {
  const known = new Map<string, Known>()
  let claimed = 0
  for (const { seq, changes } of commits) {
    for (const change of changes) {
      if (change.type !== 'claim' || change.op === 'delete') continue
      const before = known.get(change.id)
      const fields = change.op === 'put' ? change.data : change.changes
      const token = typeof fields.token === 'number' ? fields.token : (before?.token ?? 0)
      const status = typeof fields.status === 'string' ? fields.status : (before?.status ?? '')
      const isNew = before === undefined || token !== before.token
      if (before !== undefined && isNew) {
        expect(token, `seq ${seq}: tokens of ${change.id} only grow`).toBeGreaterThan(before.token)
        if (before.status === 'held')
          expect(
            msOf(seq) - before.sinceMs,
            `seq ${seq}: ${change.id} was taken from a live holder`,
          ).toBeGreaterThanOrEqual(ttlMs)
      }
      const isBeat = isNew || fields.beats !== undefined
      known.set(change.id, { token, status, sinceMs: isBeat ? msOf(seq) : (before?.sinceMs ?? 0) })
      if (isNew) claimed += 1
    }
    for (const change of changes) {
      const text = change.type === 'spec' && change.op === 'patch' ? change.changes.description : undefined
      const token = typeof text === 'string' ? Number(text.split(' ')[0]) : Number.NaN
      if (!Number.isNaN(token))
        expect(known.get(change.id), `seq ${seq}: a write by token ${token}`).toMatchObject({ token, status: 'held' })
    }
  }
  return claimed
}

async function claimsOf(seed: number): Promise<number> {
  const pick = seededPick(seed)
  const open = await openWork()
  const { state, work, clock } = open
  const plan = await state.plan.create({ name: 'p' })
  await state.spec.createMany(
    Array.from({ length: specs }, () => ({ plan_id: plan.id, name: 's', status: 'pending' as const })),
  )
  const crew: Worker[] = Array.from({ length: workers }, (_, at) => ({
    name: `w${at % 3}`,
    held: undefined,
    pausedFor: 0,
  }))
  const ends: { readonly seq: number; readonly ms: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const acts = crew.map((worker) => act(open, worker, pick))
    if (pick(3) === 0) acts.push(work.reap().then(() => undefined))
    for (const { reason } of (await Promise.allSettled(acts)).filter((one) => one.status === 'rejected'))
      if (!expected.some((code) => hasCode(reason, code))) throw reason
    await reopened(open)
    ends.push({ seq: (await state.flush()).lastSeq, ms: clock.monotonicMs() })
    clock.pass(pick(ttlMs))
    if (pick(5) === 0) clock.step(pick(2) === 0 ? 3_600_000 : -3_600_000)
  }
  const commits: Commit[] = []
  const { lastSeq } = await state.stats()
  for await (const group of state.follow(1, new AbortController().signal)) {
    commits.push(...group)
    if (commits.length === lastSeq) break
  }
  await state.close()
  return audit(commits, (seq) => ends.find((end) => end.seq >= seq)?.ms ?? 0)
}

rig('claims', ({ each }) => each(claimsOf))
