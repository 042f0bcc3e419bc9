import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchActors } from './actors/bench-actors.ts'
import { instrumentationTable } from './instrumentation/instrumentation-table.ts'
import { measureInstrumentation } from './instrumentation/measure-instrumentation.ts'
import { overloadTable, storesTable } from './limits-report.ts'
import { memoryHeapMiB, memoryJob } from './memory/memory-job.ts'
import { memoryTable } from './memory/memory-table.ts'
import type { Options } from './options.ts'
import { surroundingsOf } from './report/surroundings.ts'
import { asideInChild } from './run/aside-child.ts'
import type { Entry } from './run/entry.ts'
import { measureStores } from './stores/measure-stores.ts'

export interface AsideOptions {
  readonly entry: Entry
  /** Where stores are written while measuring. */
  readonly dir: string
  /** Where the report and its history are. */
  readonly results: string
}

const maxOpen = 64
const restMs = 3_000
const mailbox = 1_000
const times = 10
/** Where objects may take as much as they like, what a process grows by says how much memory the machine has. */
const overloadHeapMiB = 256
const records = 10_000

type AsideName = 'actors' | 'stores' | 'overload' | 'instrumentation' | 'memory'

/** Each measures in `own`, an empty directory, and resolves with its table. */
const asides: Readonly<Record<AsideName, (options: Options, own: string, entry: Entry) => Promise<string>>> = {
  actors: ({ rounds, timing }, _, entry) =>
    benchActors({ rounds, job: { runMs: timing.runMs, messages: 1_000_000 } }, entry),
  stores: async ({ stores }, dir) =>
    storesTable(await measureStores({ dir, stores, wakes: Math.ceil(stores / 50), maxOpen, restMs })),
  overload: async ({ timing }, dir, entry) => {
    const job = { dir, runMs: timing.runMs, mailbox, times, atOnce: 1 }
    return overloadTable(await asideInChild('overload', job, { entry, heapMiB: overloadHeapMiB }), { mailbox, times })
  },
  memory: async ({ memory, seed }, dir, entry) => {
    const job = memoryJob({ dir, records: memory, seed })
    return memoryTable(await asideInChild('memory', job, { entry, heapMiB: memoryHeapMiB }))
  },
  instrumentation: async ({ rounds, timing, seed }, dir) => {
    const onRound = (round: number): void => void process.stderr.write(`round ${round + 1} of ${rounds}\n`)
    // Four arms and two workloads, in each of many rounds.
    const runMs = timing.runMs / 2
    return instrumentationTable(await measureInstrumentation({ dir, rounds, runMs, records, seed, onRound }))
  },
}

/** What is measured beside the comparison of stores, if that is asked for: its table, which is written as a report of its own. */
export async function benchAside(options: Options, { entry, dir, results }: AsideOptions): Promise<string | undefined> {
  const name = asked(options)
  if (name === undefined) return undefined
  mkdirSync(dir, { recursive: true })
  const own = mkdtempSync(join(dir, 'aside-'))
  try {
    const surroundings = surroundingsOf(own, entry.kind, new Date())
    const found = await asides[name](options, own, entry)
    mkdirSync(results, { recursive: true })
    writeFileSync(join(results, `${name}.md`), `${JSON.stringify(surroundings)}\n\n${found}\n`)
    if (options.record) {
      const line = { ...surroundings, [name]: found.split('\n') }
      appendFileSync(join(results, `${name}-history.jsonl`), `${JSON.stringify(line)}\n`)
    }
    return found
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

function asked({ actors, stores, overload, instrumentation, memory }: Options): AsideName | undefined {
  if (actors) return 'actors'
  if (overload) return 'overload'
  if (instrumentation) return 'instrumentation'
  if (memory > 0) return 'memory'
  return stores > 0 ? 'stores' : undefined
}
