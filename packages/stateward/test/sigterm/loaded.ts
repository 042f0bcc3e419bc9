// Writes under load until it is told to end, and then ends in order. What it does goes into a file, synchronously: `s <n>`
// before write n is sent, `a <n>` when it is acknowledged, `r <n> <code>` when it is refused, `report <json>` when the store has ended,
// and `exit <calls that were never settled>` as its last word.
import { openSync, writeSync } from 'node:fs'
import { type Endpoint, openState, openStores, type Stop, stopOnSignals } from '../../src/index.ts'
import type { Load } from './load.ts'

const [dir = '', told = '', given = '{}'] = process.argv.slice(2)
const load = JSON.parse(given) as Load
const file = openSync(told, 'a')
const say = (line: string): void => void writeSync(file, `${line}\n`)
let next = 0
let pending = 0

/** Where a write goes, by its number; and how all of it ends. */
async function open(): Promise<{ endpoint: (n: number) => Pick<Endpoint, 'ask'>; stop: Stop }> {
  if (load.stores === 0) {
    const state = await openState(dir, { durability: load.durability, mailbox: { capacity: 100_000 } })
    return { endpoint: () => state, stop: () => state.shutdown(load.times) }
  }
  const stores = await openStores({ directory: dir, durability: load.durability, maxOpen: Math.ceil(load.stores / 2) })
  return { endpoint: (n) => stores.get(`store-${n % load.stores}`), stop: () => stores.stop(load.times) }
}

async function call(endpoint: (n: number) => Pick<Endpoint, 'ask'>): Promise<void> {
  for (;;) {
    const n = next++
    say(`s ${n}`)
    pending++
    try {
      await endpoint(n).ask('create', { type: 'plan', data: { name: `${n}` } })
      say(`a ${n}`)
    } catch (error) {
      say(`r ${n} ${error instanceof Error && 'code' in error ? error.code : error}`)
      return
    } finally {
      pending--
    }
  }
}

const { endpoint, stop } = await open()
process.on('exit', () => say(`exit ${pending}`))
stopOnSignals(
  async () => {
    const report = await stop()
    say(`report ${JSON.stringify(report)}`)
    return report
  },
  { lingerMs: 200 },
)
// Something that keeps the process alive by itself, as a server would.
setInterval(() => undefined, 1_000)
for (let caller = 0; caller < load.callers; caller++) void call(endpoint)
