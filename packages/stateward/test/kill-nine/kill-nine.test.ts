import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Plan } from '../../src/index.ts'
import { openState } from '../../src/open-state.ts'
import { bundledWriter, killedWriter } from './killed-writer.ts'

const kills = process.env.STATEWARD_TEST_SCALE === 'nightly' ? 2_000 : 100
const lanes = [1, 8, 64, 256]
const seed = Number(process.env.STATEWARD_TEST_SEED ?? 20_240_120)

let folder = ''
let script = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stateward-kill-'))
  script = await bundledWriter(folder)
})

afterAll(() => rm(folder, { recursive: true }))

describe('a writer under load is killed with SIGKILL', () => {
  for (const [lane, callers] of lanes.entries()) {
    const times = kills / lanes.length
    test(`${times} times with ${callers} callers: nothing acknowledged is missing, nothing is there that was not sent`, {
      timeout: kills * 10_000,
      concurrent: true,
    }, async () => {
      const dir = join(folder, `lane-${lane}`)
      const random = seeded(seed + lane)
      let acknowledged = 0
      for (let run = 0; run < times; run++) {
        const name = `${seed}-${lane}-${run}`
        const afterAcknowledged = 1 + Math.floor(random() * callers * 8)
        const told = await killedWriter({ script, dir, run: name, afterAcknowledged, callers })
        acknowledged += told.acknowledged.size
        await using state = await openState(dir)
        const found = partsByWrite(await state.plan.where({ name: { prefix: `${name}/` } }).all(), name)
        expect(
          [...told.acknowledged].filter((n) => !isWhole(n, found.get(n) ?? [])),
          `acknowledged and not there in ${name}`,
        ).toEqual([])
        expect(
          [...found.keys()].filter((n) => !told.sent.has(n)),
          `there and never sent in ${name}`,
        ).toEqual([])
        expect(
          [...found].filter(([n, parts]) => n % 3 === 2 && parts.length !== 2),
          `half a transaction in ${name}`,
        ).toEqual([])
      }
      await using state = await openState(dir)
      expect((await state.verify()).ok).toBe(true)
      expect(acknowledged).toBeGreaterThanOrEqual(times)
    })
  }
})

function partsByWrite(plans: readonly Plan[], name: string): Map<number, Plan[]> {
  const found = new Map<number, Plan[]>()
  for (const plan of plans) {
    const n = Number(plan.name.slice(name.length + 1))
    found.set(n, [...(found.get(n) ?? []), plan])
  }
  return found
}

/** Whether what was acknowledged as write n is all there. */
function isWhole(n: number, parts: readonly Plan[]): boolean {
  if (n % 3 === 2) return parts.length === 2
  return parts.length === 1 && (n % 3 === 0 || parts[0]?.description === `updated ${n}`)
}

/** Mulberry32: the same numbers for the same seed. */
function seeded(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
