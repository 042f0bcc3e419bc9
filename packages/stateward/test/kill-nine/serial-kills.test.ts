import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededPick } from '@stateward/conformance'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { afterAll, beforeAll } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import { openSerial } from '../../../core/test/open-serial.ts'
import type { Seen } from '../../../core/test/serial-history.ts'
import { whyNotSerial } from '../../../core/test/why-not-serial.ts'
import { bundled } from '../bundled.ts'
import { killedProcess } from './killed-process.ts'

const killsOfOneStore = 5

let folder = ''
let script = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stateward-serial-'))
  script = await bundled(fileURLToPath(new URL('serial-writer.ts', import.meta.url)), folder)
})

afterAll(() => rm(folder, { recursive: true }))

rig('serializable-kills', async ({ each, note }) => {
  const counts = { begun: 0, answered: 0 }
  const looked = await each(async (seed) => {
    const seen = await livesOf(seed)
    counts.begun += seen.size
    counts.answered += [...seen.values()].filter(({ ended }) => ended !== undefined).length
    return killsOfOneStore
  })
  note([`serializable-kills: ${counts.begun} transactions were begun, ${counts.answered} of them were answered`])
  return looked
})

/** Kills processes of one store, one after the other, and then looks at everything that they saw as at one history. */
async function livesOf(seed: number): Promise<ReadonlyMap<string, Seen>> {
  const pick = seededPick(seed)
  const dir = join(folder, `${seed}`)
  const seen = new Map<string, Seen>()
  const seeds = seed * 1_000_003
  for (let life = 0; life < killsOfOneStore; life++) {
    const args = [dir, `${seeds}`, `${seen.size}`]
    const moment = { afterLines: 64 + pick(1_200), delayMs: pick(8) }
    take(seen, seeds, await killedProcess({ script, args, told: `${dir}.told`, ...moment }))
  }
  const state = await openSerial({ storage: jsonlStorage({ dir, ballastBytes: 0 }) })
  const why = await whyNotSerial({ state, seen })
  await state.close()
  await rm(dir, { recursive: true, force: true })
  if (why !== undefined) throw new Error(why)
  return seen
}

function take(seen: Map<string, Seen>, seeds: number, lines: readonly string[]): void {
  for (const line of lines) {
    const [, kind, n = '', seq = '', reads = ''] = /^([bde]) (\d+) (\d+) ?(.*)$/.exec(line) ?? []
    const known = seen.get(`x${n}`)
    if (kind === 'b')
      seen.set(`x${n}`, { seed: seeds + Number(n), began: Number(seq), done: undefined, ended: undefined })
    else if (known === undefined) continue
    else if (kind === 'd') known.done = { reads, writes: Number(seq) }
    else if (kind === 'e') known.ended = Number(seq)
  }
}
