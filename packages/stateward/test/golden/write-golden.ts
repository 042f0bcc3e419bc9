import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededPick } from '@stateward/conformance'
import type { Clock, Random } from '@stateward/contract'
import { createStateManager } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { domain, type State } from 'stateward'
import { toldBy } from '../told-by.ts'

/*
 * Writes stores of the present format, once: npx tsx packages/stateward/test/golden/write-golden.ts 1.0
 * What was released stays as it is for ever; a new format gets a folder of its own.
 */
const folder = join(import.meta.dirname, process.argv[2] ?? '')

let at = Date.parse('2026-01-01T10:00:00.000Z')
const clock: Clock = { now: () => at, monotonicMs: () => at }
const pick = seededPick(1)
const random: Random = { bytes: (count) => Uint8Array.from({ length: count }, () => pick(256)) }

type Store = State<typeof domain>

async function write(name: string, work: (state: Store, dir: string) => Promise<void>): Promise<void> {
  const dir = join(folder, name)
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  const storage = jsonlStorage({ dir, clock, random, segmentBytes: 4_096, ballastBytes: 0, idleProofMs: 0 })
  const state = await createStateManager({ storage, domain, clock, random, compaction: false, owner: 'golden' })
  await work(state, dir)
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(await toldBy(state), null, 2)}\n`)
  await state.close()
  rmSync(join(dir, 'LOCK'), { force: true })
}

/** Every kind of line that a state manager writes. */
async function everything(state: Store): Promise<void> {
  const tick = (): void => {
    at += 1_000
  }
  const plan = await state.plan.create({ name: 'Ünïcode 😀', description: 'one\nline' }, { actor: 'ann' })
  tick()
  const other = await state.plan.create({ name: 'comes and goes' })
  const rows = Array.from({ length: 12 }, (_, n) => ({
    plan_id: plan.id,
    name: `spec ${n}`,
    description: 'x'.repeat(n * 20),
    note: n,
  }))
  const [first, second] = await state.spec.createMany(rows, { txid: 'bulk' })
  tick()
  for (const status of ['pending', 'running'] as const) {
    await state.spec.update(first?.id ?? '', { status })
    tick()
  }
  await state.ask('update', { type: 'spec', id: second?.id ?? '', changes: { description: '' }, unset: ['note'] })
  await state.transact([
    { op: 'create', type: 'phase', data: { spec_id: first?.id ?? '', name: 'phase', order: 1 } },
    { op: 'update', type: 'plan', id: plan.id, changes: { description: 'within a transaction' } },
  ])
  tick()
  await state.plan.update(plan.id, { status: 'pending' }, { force: true, reason: 'why', actor: 'bob', txid: 'once' })
  for (let time = 0; time < 2; time++) {
    await state.plan.delete(other.id)
    tick()
    if (time === 0) await state.plan.restore(other.id)
  }
}

await write('closed', everything)
await write('compacted', async (state) => {
  await everything(state)
  await state.compact()
  const [plan] = await state.plan.where().all()
  await state.plan.update(plan?.id ?? '', { name: 'after the base' })
})
await write('killed', async (state, dir) => {
  await everything(state)
  cpSync(dir, join(folder, 'copy'), { recursive: true })
})
// As a process leaves it that was killed in the middle of a write.
rmSync(join(folder, 'killed'), { recursive: true })
cpSync(join(folder, 'copy'), join(folder, 'killed'), { recursive: true })
rmSync(join(folder, 'copy'), { recursive: true })
rmSync(join(folder, 'killed', 'LOCK'), { force: true })
const segments = readdirSync(join(folder, 'killed')).filter((file) => file.startsWith('log-'))
appendFileSync(join(folder, 'killed', segments.sort().at(-1) ?? ''), '{"type":"plan","timestamp":"2026-01-01T1')
