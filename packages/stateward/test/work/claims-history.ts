import { seededPick } from '@stateward/conformance'
import { type Commit, hasCode } from '@stateward/contract'
import type { Held } from '@stateward/domain'
import { auditClaims, type Moment } from './audit-claims.ts'
import { type OpenWork, openWork } from './open-work.ts'

const ttlMs = 100
const workers = 12
const specs = 8
const rounds = 200

/** What a worker believes. */
interface Worker {
  readonly name: string
  held: Held | undefined
  /** Rounds for which it does nothing, however long that is for its claim. */
  pausedFor: number
}

type Pick = ReturnType<typeof seededPick>

interface Scene extends OpenWork {
  readonly pick: Pick
  readonly specIds: readonly string[]
  /** Targets and tokens that somebody was told to hold. */
  readonly told: Set<string>
}

/** Refusals that a worker meets in the course of things. */
const expected = ['FENCED', 'CONFLICT', 'ILLEGAL_TRANSITION'] as const
const outcomes = ['completed', 'failed', 'returned'] as const

async function act(scene: Scene, worker: Worker): Promise<void> {
  const { work, pick, specIds } = scene
  const { held } = worker
  if (worker.pausedFor > 0) {
    worker.pausedFor -= 1
    return
  }
  if (held === undefined) {
    const terms = { holder: worker.name, ttlMs }
    // Most take what is ready; some want one and no other, whoever has it.
    const wanted = pick(6) === 0 ? work.claim({ type: 'spec', id: specIds[pick(specs)] ?? '' }, terms) : undefined
    worker.held = await (wanted ?? work.claimNext(terms))
    if (worker.held !== undefined) noteTold(scene, worker.held)
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
      await work.heartbeat(held)
      break
    case 3:
    case 4:
      // Tells by which token it was made, for whoever reads the log.
      await work.fenced(held, [
        { op: 'update', type: 'spec', id: held.id, changes: { description: `${held.token} ${pick(1e9)}` } },
      ])
      break
    default:
      worker.held = undefined
      await work.release(held, { outcome: outcomes[pick(3)] ?? 'returned' })
  }
}

function noteTold({ told }: Scene, { id, token }: Held): void {
  const name = `${id} ${token}`
  if (told.has(name)) throw new Error(`token ${token} of ${id} was given to two workers`)
  told.add(name)
}

/** Makes work again of what has ended, as people do. */
async function reopened({ state }: OpenWork): Promise<void> {
  const ended = await state.spec.where({ status: { in: ['completed', 'failed'] } }).all()
  if (ended.length === 0) return
  await state.spec.updateMany(
    ended.map(({ id, status }) => ({ id, changes: { status: 'pending', description: `was ${status}` } })),
  )
}

/** Claims of one history, checked by what the log says of them; answers how many there were. */
export async function claimsOf(seed: number): Promise<number> {
  const pick = seededPick(seed)
  const open = await openWork()
  const { state, work, clock } = open
  const plan = await state.plan.create({ name: 'p' })
  const rows = Array.from({ length: specs }, () => ({ plan_id: plan.id, name: 's', status: 'pending' as const }))
  const specIds = (await state.spec.createMany(rows)).map(({ id }) => id)
  const scene: Scene = { ...open, pick, specIds, told: new Set() }
  const crew = Array.from(
    { length: workers },
    (_, at): Worker => ({ name: `w${at % 3}`, held: undefined, pausedFor: 0 }),
  )
  const moments: Moment[] = []
  for (let round = 0; round < rounds; round++) {
    const acts = crew.map((worker) => act(scene, worker))
    if (pick(3) === 0) acts.push(work.reap().then(() => undefined))
    for (const end of await Promise.allSettled(acts))
      if (end.status === 'rejected' && !expected.some((code) => hasCode(end.reason, code))) throw end.reason
    await reopened(open)
    moments.push({ seq: (await state.flush()).lastSeq, ms: clock.monotonicMs() })
    clock.pass(pick(ttlMs))
    if (pick(5) === 0) clock.step(pick(2) === 0 ? 3_600_000 : -3_600_000)
  }
  const commits = await commitsOf(open)
  await state.close()
  return auditClaims(commits, moments, ttlMs)
}

async function commitsOf({ state }: OpenWork): Promise<readonly Commit[]> {
  const commits: Commit[] = []
  const { lastSeq } = await state.stats()
  for await (const group of state.follow(1, new AbortController().signal)) {
    commits.push(...group)
    if (commits.length === lastSeq) break
  }
  return commits
}
