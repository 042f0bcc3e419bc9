import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openState } from 'stateward'
import { afterAll, expect, test } from 'vitest'
import { root } from '../scripts/workspace.mjs'

const folder = mkdtempSync(join(tmpdir(), 'stateward-by-hand-'))
const hasJq = spawnSync('jq', ['--version']).status === 0

afterAll(() => rmSync(folder, { recursive: true }))

/** Writes every kind of line that a store writes by itself; closes and opens it once in the middle. */
async function writeEverything(dir: string): Promise<void> {
  {
    await using state = await openState(dir)
    const plan = await state.plan.create({ name: 'By hand', metadata: { deep: [1, 'zwei', { drei: null }] } })
    await state.plan.update(plan.id, { name: 'By hand, renamed', status: 'pending' }, { actor: 'somebody' })
    const doomed = await state.plan.create({ name: 'Doomed' }, { txid: 'only-once' })
    await state.plan.delete(doomed.id)
    await state.spec.createMany(['a', 'b', 'c'].map((name) => ({ plan_id: plan.id, name, remark: `about ${name}` })))
  }
  await using state = await openState(dir)
  const [first, second, third] = await state.spec.orderBy('name').all()
  if (first === undefined || second === undefined || third === undefined) throw new Error('three specs were made')
  await state.spec.update(first.id, { status: 'pending' }, { unset: ['description'] })
  await state.spec.update(first.id, { status: 'running' }, { force: true, reason: 'to see it in the log' })
  await state.transact([
    { op: 'update', type: 'spec', id: second.id, changes: { dependencies: [first.id] } },
    { op: 'delete', type: 'spec', id: third.id },
    { op: 'create', type: 'plan', data: { name: 'Another', created_at: '2020-02-02T02:02:02.123456789+02:00' } },
  ])
  await state.spec.restore(third.id)
}

async function stateOf(dir: string): Promise<Record<string, Record<string, unknown>>> {
  await using state = await openState(dir)
  const byId = (records: readonly { readonly id: string }[]) => Object.fromEntries(records.map((one) => [one.id, one]))
  return { plan: byId(await state.plan.all()), spec: byId(await state.spec.all()) }
}

const rebuilt = (dir: string): unknown =>
  JSON.parse(execFileSync('sh', [join(root, 'docs/rebuild.sh'), dir], { encoding: 'utf8' }))

test.skipIf(!hasJq)('grep and jq alone rebuild the state of a store, before and after compaction', async () => {
  const dir = join(folder, 'store')
  await writeEverything(dir)
  expect(rebuilt(dir)).toEqual(await stateOf(dir))
  {
    await using state = await openState(dir)
    await state.compact()
    const [plan] = await state.plan.all()
    if (plan !== undefined) await state.plan.update(plan.id, { description: 'after the base' })
  }
  expect(rebuilt(dir)).toEqual(await stateOf(dir))
})

test('a store writes every kind of line by itself, but for the one that a salvage leaves', async () => {
  const dir = join(folder, 'kinds')
  await writeEverything(dir)
  const lines = readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'))
  const kinds = new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type))
  for (const kind of ['plan', 'spec', 'update', 'delete', 'tx', '$segment', '$close']) expect(kinds).toContain(kind)
  const keys = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line) as object)))
  for (const key of ['actor', 'force', 'txid', 'unset', 'prev', 'rev', 'seq', 'dur', 'crc']) expect(keys).toContain(key)
})
