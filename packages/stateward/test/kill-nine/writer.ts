// Writes under load until it is killed, compacts beside the load, closes and opens again. What it does goes into a file,
// synchronously, so that the line is in the kernel's hands before the next step is taken: `s <n>` before write n is sent,
// `a <n>` after it was acknowledged, `p <phase>` before it begins something else.
import { openSync, writeSync } from 'node:fs'
import { createStateManager, type State } from '@stateward/core'
import { domain } from '@stateward/domain'
import { jsonlStorage } from '@stateward/storage-jsonl'

const [dir = '', run = '', callers = '32', told = ''] = process.argv.slice(2)
const file = openSync(told, 'a')
const say = (line: string): void => void writeSync(file, `${line}\n`)
let next = 0

async function open(): Promise<State<typeof domain>> {
  say('p opening')
  // Small segments, so that many of the kills fall into a rotation.
  const storage = jsonlStorage({ dir, segmentBytes: 16_384, ballastBytes: 0 })
  const state = await createStateManager({ storage, domain, compaction: false })
  say('p writing')
  return state
}

/** Write n: a creation, a creation with an update behind it, or a pair of creations in one commit. */
async function write(state: State<typeof domain>, n: number): Promise<void> {
  const name = `${run}/${n}`
  if (n % 3 === 0) {
    await state.plan.create({ name, metadata: { n, part: 'only' } })
  } else if (n % 3 === 1) {
    const plan = await state.plan.create({ name, metadata: { n, part: 'only' } })
    await state.plan.update(plan.id, { description: `updated ${n}` })
  } else {
    await state.transact([
      { op: 'create', type: 'plan', data: { name, metadata: { n, part: 'left' } } },
      { op: 'create', type: 'plan', data: { name, metadata: { n, part: 'right' } } },
    ])
  }
}

async function call(state: State<typeof domain>): Promise<void> {
  for (let times = 0; times < 5; times++) {
    const n = next++
    say(`s ${n}`)
    await write(state, n)
    say(`a ${n}`)
  }
}

async function compact(state: State<typeof domain>): Promise<void> {
  say('p compacting')
  await state.compact()
  say('p writing')
}

for (let state = await open(); ; state = await open()) {
  for (let round = 0; round < 3; round++) {
    const load = Array.from({ length: Number(callers) }, () => call(state))
    await Promise.all([...load, round === 1 ? compact(state) : undefined])
  }
  say('p closing')
  await state.close()
}
