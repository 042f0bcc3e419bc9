import { parseArgs } from 'node:util'
import type { Contender } from './contender.ts'
import { contenderNamed, contenders } from './contenders/registry.ts'
import type { Timing } from './measure/timing.ts'
import type { Workload } from './workload.ts'
import { workloads, workloadsNamed } from './workloads/registry.ts'

export interface Options {
  readonly help: boolean
  /** Whether actors are compared instead of stores. */
  readonly actors: boolean
  /** How many stores one process holds instead of the comparison; 0: none. */
  readonly stores: number
  /** Whether one store is offered more than it can take instead. */
  readonly overload: boolean
  /** Records of the store whose memory is measured instead; 0: none. */
  readonly memory: number
  /** Whether what the instrumentation costs is measured instead. */
  readonly instrumentation: boolean
  readonly workloads: readonly Workload[]
  readonly contenders: readonly Contender[]
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly timing: Omit<Timing, 'warmOperations'>
  readonly seed: number
  /** Where the stores are written while measuring; default: beside this program. */
  readonly dir?: string
  readonly profileDir?: string
  /** Whether the medians are added to the history that is kept in the repository. */
  readonly record: boolean
  readonly source: boolean
}

export const usage: string = `Stateward and its peers, measured in one run.

  npm run bench -- [options]

  --only W2,R2             only these workloads: ${workloads.map(({ id }) => id).join(' ')}
  --contenders a,b         only these: ${contenders.map(({ name }) => name).join(' ')}
  --size 10k,100k          records in the store (default 10k,100k)
  --actors                 instead of stores: the round trip of an ask, and what a queued message takes
  --stores 10k             instead: so many stores in one process, a fiftieth of them woken
  --overload               instead: ten times the writes that one store can take, for --seconds
  --memory 1m              instead: what a store of so many records takes in memory, phase by phase
  --instrumentation        instead: what watching a store costs it, in at least 20 rounds
  --full                   also 1m records, and five rounds
  --rounds 3               how often each takes its turn (default 3)
  --seconds 1              how long each workload is timed in a turn (default 1)
  --seed 1                 of the records
  --dir path               where the stores are written while measuring: the disk that is measured
  --profile path           CPU profiles of the measured processes, one a workload and contender
  --record                 adds the medians to results/history.jsonl
  --source                 measures the sources through a loader instead of what is built
  --help

  npm run bench -- --only W2,R2 --contenders stateward,sqlite,raw --size 100k --rounds 3
`

/** Throws, with a message for people, for an option that does not exist or makes no sense. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      contenders: { type: 'string' },
      size: { type: 'string' },
      full: { type: 'boolean', default: false },
      actors: { type: 'boolean', default: false },
      stores: { type: 'string' },
      memory: { type: 'string' },
      overload: { type: 'boolean', default: false },
      instrumentation: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      dir: { type: 'string' },
      profile: { type: 'string' },
      record: { type: 'boolean', default: false },
      source: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const runMs = number('seconds', values.seconds, 0.001) * 1000
  return {
    help: values.help,
    actors: values.actors,
    stores: values.stores === undefined ? 0 : sizeOf(values.stores),
    overload: values.overload,
    instrumentation: values.instrumentation,
    memory: values.memory === undefined ? 0 : sizeOf(values.memory),
    workloads: values.only === undefined ? workloads : workloadsNamed(listOf(values.only)),
    contenders: values.contenders === undefined ? contenders : listOf(values.contenders).map(contenderNamed),
    sizes: listOf(values.size ?? (values.full ? '10k,100k,1m' : '10k,100k')).map(sizeOf),
    rounds: number('rounds', values.rounds ?? usualRounds(values), 1),
    timing: { warmMs: runMs / 2, runMs, turns: turnsInProcess },
    seed: number('seed', values.seed, 0),
    ...(values.dir !== undefined && { dir: values.dir }),
    ...(values.profile !== undefined && { profileDir: values.profile }),
    record: values.record,
    source: values.source,
  }
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim())
}

function usualRounds({ full, instrumentation }: { readonly full: boolean; readonly instrumentation: boolean }): string {
  return instrumentation ? '24' : full ? '5' : '3'
}

const factors: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000 }
// Of what is measured beside itself.
const turnsInProcess = 5

// Fewer have no specs for every plan and no phases for every caller.
const smallest = 1000

function sizeOf(text: string): number {
  const parts = /^(\d+)([km]?)$/i.exec(text)
  const size = Number(parts?.[1]) * (factors[parts?.[2]?.toLowerCase() ?? ''] ?? 1)
  if (size >= smallest) return size
  throw new Error(`expected --size to be numbers from ${smallest} on such as 10k,100k,1m, found ${text}`)
}

function number(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text !== '' && Number.isFinite(value) && value >= least) return value
  throw new Error(`expected --${name} to be a number from ${least} on, found ${text}`)
}
