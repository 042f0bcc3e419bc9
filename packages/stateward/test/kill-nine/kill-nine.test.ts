import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededPick } from '@stateward/conformance'
import { afterAll, beforeAll, expect } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import type { Plan } from '../../src/index.ts'
import { openState } from '../../src/open-state.ts'
import { bundled } from '../bundled.ts'
import { killedWriter, type Told } from './killed-writer.ts'

const levels = [1, 8, 64, 256]
const killsOfOneStore = 5

let folder = ''
let script = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stateward-kill-'))
  script = await bundled(fileURLToPath(new URL('writer.ts', import.meta.url)), folder)
})

afterAll(() => rm(folder, { recursive: true }))

rig('kill-nine', async ({ each, note }) => {
  const seen = new Map<string, number>()
  let acknowledged = 0
  const looked = await each(async (seed) => {
    const stores = await Promise.all(levels.map((callers) => killOneStore(seed, callers)))
    for (const { phase, acknowledged: own } of stores.flat()) {
      seen.set(phase, (seen.get(phase) ?? 0) + 1)
      acknowledged += own.size
    }
    return stores.flat().length
  })
  const phases = [...seen].map(([phase, count]) => `${phase} ${count}`).join(', ')
  note([`kill-nine, by what the writer was at: ${phases}; ${acknowledged} writes were acknowledged`])
  return looked
})

/** Kills writers of one store, one after the other, and looks after each death. */
async function killOneStore(seed: number, callers: number): Promise<readonly Told[]> {
  const pick = seededPick(seed * 1_000 + callers)
  const dir = join(folder, `${seed}-${callers}`)
  const all: Told[] = []
  for (let kill = 0; kill < killsOfOneStore; kill++) {
    const told = await killedWriter({
      script,
      dir,
      run: `${kill}`,
      afterLines: pick(4) === 0 ? 1 : 2 + pick(30 + callers * 6),
      callers,
      delayMs: pick(8),
    })
    all.push(told)
    await assertWhole(dir, all, told.phase)
  }
  await rm(dir, { recursive: true, force: true })
  return all
}

/** What was acknowledged by any of them is all there, what was not sent is not, and no transaction is half there. */
async function assertWhole(dir: string, all: readonly Told[], phase: string): Promise<void> {
  await using state = await openState(dir)
  const plans = await state.plan.all()
  for (const [run, { acknowledged, sent }] of all.entries()) {
    const found = partsByWrite(plans, `${run}/`)
    const context = `of writer ${run}, after one was killed while ${phase}`
    const lost = [...acknowledged].filter((n) => !isWhole(n, found.get(n) ?? []))
    expect(lost, `acknowledged and not there ${context}`).toEqual([])
    const foreign = [...found.keys()].filter((n) => !sent.has(n))
    expect(foreign, `there and never sent ${context}`).toEqual([])
    const half = [...found].filter(([n, parts]) => n % 3 === 2 && parts.length !== 2)
    expect(half, `half a transaction ${context}`).toEqual([])
  }
  if (all.length === killsOfOneStore) expect((await state.verify()).ok).toBe(true)
}

function partsByWrite(plans: readonly Plan[], prefix: string): Map<number, Plan[]> {
  const found = new Map<number, Plan[]>()
  for (const plan of plans) {
    if (!plan.name.startsWith(prefix)) continue
    const n = Number(plan.name.slice(prefix.length))
    found.set(n, [...(found.get(n) ?? []), plan])
  }
  return found
}

/** Whether what was acknowledged as write n is all there. */
function isWhole(n: number, parts: readonly Plan[]): boolean {
  if (n % 3 === 2) return parts.length === 2
  return parts.length === 1 && (n % 3 === 0 || parts[0]?.description === `updated ${n}`)
}
