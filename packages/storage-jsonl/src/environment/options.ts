import type { Disk, Machine, Timers } from '@stateward/contract'
import { type Clock, type Durability, durabilityLevels, type Random, StatewardError } from '@stateward/contract'
import { bounds } from './bounds.ts'
import type { Environment } from './environment.ts'
import { nodeDisk } from './node-disk.ts'
import { nodeClock, nodeMachine, nodeRandom, nodeTimers } from './node-environment.ts'
import { checkedRetention, type Retention } from './retention.ts'

export type LockMethod = 'flock' | 'pidfile'

export type RecoveryPolicy = 'refuse' | 'readonly' | 'salvage'

const policies: readonly RecoveryPolicy[] = ['refuse', 'readonly', 'salvage']

export type Verify = 'full' | 'tail'

export interface JsonlStorageOptions {
  /** The store's directory; made, mode 0700, when it is not there. */
  readonly dir: string
  /** What a write that asks for nothing gets: told to the composition, which hands it to the core. Default `commit`. */
  readonly durability?: Durability
  /** The longest time between a write at level `interval` and the sync that makes it durable. 1 … 86 400 000, default 1000. */
  readonly intervalMs?: number
  /**
   * What becomes of commits that a base covers: `all` moves them, compressed, into `archive/` (default); `none` removes
   * them; `{ days }` and `{ versions }` remove what is older, or superseded more often. Decided at each compaction.
   */
  readonly retention?: Retention
  /** A segment that would grow beyond this is ended and the next begun. 4096 … 4 294 967 296, default 67 108 864. */
  readonly segmentBytes?: number
  /** A segment older than this is ended by the next commit. 0 (default): never for its age. … 31 536 000 000, a year. */
  readonly segmentAgeMs?: number
  /**
   * What an opening for writing does with a damaged log. `refuse` (default): nothing; it rejects with `CORRUPT`. `readonly`:
   * serves what reads up to the first damage, and takes no appends. `salvage`: keeps what reads, as `salvageLog` does.
   */
  readonly recovery?: RecoveryPolicy
  /**
   * How much of a segment that is complete an opening reads. `full`: every byte, so that damage is refused before anything is
   * written. `tail`: where a cache rests on the segment its header, its length and its last line, else every byte; damage
   * elsewhere is found by whoever reads the line, and by a verification. Default: `tail`; `full` with a `recovery` that
   * does something about damage.
   */
  readonly verify?: Verify
  /** How writers keep each other out. Default: `flock`, and `pidfile` where this machine or file system cannot. */
  readonly lock?: LockMethod
  /** After so long without commits the log says that everything in it is durable. 0: never. Default 20. */
  readonly idleProofMs?: number
  /** How often the writer looks whether it is still the newest, and how old a look may be to acknowledge by. 0: only before a rotation, a base and a barrier. Default 5000. */
  readonly fenceCheckMs?: number
  /** Room that is kept in a file of its own, to be given up when the disk is full. 0: none. … 1 073 741 824, default 4 194 304. */
  readonly ballastBytes?: number
  /** How often a writer that found the disk full looks whether there is room again. Default 1000. */
  readonly roomCheckMs?: number
  /** How often a reader that follows looks for more, should the file system's hints fail. Default 200. */
  readonly pollMs?: number
  readonly fs?: Disk
  readonly clock?: Clock
  readonly random?: Random
  readonly timers?: Timers
  readonly machine?: Machine
}

type Numbers =
  | 'intervalMs'
  | 'segmentBytes'
  | 'segmentAgeMs'
  | 'idleProofMs'
  | 'fenceCheckMs'
  | 'ballastBytes'
  | 'roomCheckMs'
  | 'pollMs'

/** The options with every default filled in. */
export interface Settings extends Readonly<Record<Numbers, number>> {
  readonly dir: string
  readonly durability: Durability
  readonly retention: Retention
  readonly recovery: RecoveryPolicy
  readonly verify: Verify
  readonly lock: LockMethod | undefined
  readonly environment: Environment
}

const dayMs = 86_400_000
const ranges: Readonly<Record<Numbers, readonly [least: number, most: number]>> = {
  intervalMs: [1, dayMs],
  segmentBytes: [bounds.segmentBytesMin, bounds.segmentBytesMax],
  segmentAgeMs: [0, 365 * dayMs],
  idleProofMs: [0, dayMs],
  fenceCheckMs: [0, dayMs],
  ballastBytes: [0, bounds.ballastBytesMax],
  roomCheckMs: [1, dayMs],
  pollMs: [1, dayMs],
}

/** Throws `INVALID` for an option out of its bounds. */
export function settingsOf(options: JsonlStorageOptions): Settings {
  const { dir, durability = 'commit', retention = 'all', recovery = 'refuse', lock } = options
  const verify = options.verify ?? (recovery === 'refuse' ? 'tail' : 'full')
  if (typeof dir !== 'string' || dir === '') throw invalid('dir', 'the path of a directory', dir)
  if (!durabilityLevels.includes(durability)) throw invalid('durability', durabilityLevels.join(', '), durability)
  if (lock !== undefined && lock !== 'flock' && lock !== 'pidfile') throw invalid('lock', 'flock or pidfile', lock)
  if (verify !== 'full' && verify !== 'tail') throw invalid('verify', 'full or tail', verify)
  if (!policies.includes(recovery)) throw invalid('recovery', policies.join(', '), recovery)
  const number = (name: Numbers): number => {
    const value = options[name] ?? bounds[name]
    const [least, most] = ranges[name]
    if (!Number.isInteger(value) || value < least || value > most)
      throw invalid(name, `a whole number from ${least} to ${most}`, value)
    return value
  }
  return {
    dir,
    durability,
    retention: checkedRetention(retention),
    recovery,
    verify,
    lock,
    intervalMs: number('intervalMs'),
    segmentBytes: number('segmentBytes'),
    segmentAgeMs: number('segmentAgeMs'),
    idleProofMs: number('idleProofMs'),
    fenceCheckMs: number('fenceCheckMs'),
    ballastBytes: number('ballastBytes'),
    roomCheckMs: number('roomCheckMs'),
    pollMs: number('pollMs'),
    environment: {
      disk: options.fs ?? nodeDisk,
      clock: options.clock ?? nodeClock,
      random: options.random ?? nodeRandom,
      timers: options.timers ?? nodeTimers,
      machine: options.machine ?? nodeMachine,
    },
  }
}

function invalid(name: string, expected: string, found: unknown): StatewardError {
  return new StatewardError(
    'INVALID',
    `the option ${name} of jsonlStorage is ${expected}; got ${JSON.stringify(found)}.`,
  )
}
