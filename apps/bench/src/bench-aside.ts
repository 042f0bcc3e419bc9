import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchActors } from './actors/bench-actors.ts'
import { overloadTable, storesTable } from './limits-report.ts'
import type { Options } from './options.ts'
import { measureOverload } from './overload/measure-overload.ts'
import { surroundingsOf } from './report/surroundings.ts'
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

/** What is measured beside the comparison of stores, if that is asked for: its table, which is written as a report of its own. */
export async function benchAside(options: Options, { entry, dir, results }: AsideOptions): Promise<string | undefined> {
  const { actors, stores, overload, rounds, timing } = options
  if (!actors && stores === 0 && !overload) return undefined
  mkdirSync(dir, { recursive: true })
  const own = mkdtempSync(join(dir, 'aside-'))
  try {
    const surroundings = surroundingsOf(own, entry.kind, new Date())
    const name = actors ? 'actors' : overload ? 'overload' : 'stores'
    const found = actors
      ? await benchActors({ rounds, job: { runMs: timing.runMs, messages: 1_000_000 } }, entry)
      : overload
        ? overloadTable(await measureOverload({ dir: own, runMs: timing.runMs, mailbox, times, atOnce: 1 }))
        : storesTable(await measureStores({ dir: own, stores, wakes: Math.ceil(stores / 50), maxOpen, restMs }))
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
