import type { RestartPolicy } from '@stateward/actor'
import {
  type CommitHooks,
  type Domain,
  type Durability,
  durabilityLevels,
  limits,
  StatewardError,
  type Storage,
} from '@stateward/contract'
import { checkCustomIndexes, indexesFor } from '@stateward/index'
import { checkedReopening } from '../caretakers/reopening.ts'
import { type CompactionSettings, checkedCompaction } from '../compaction/compaction-options.ts'
import { checkedHooks } from '../deciding/commit-hooks.ts'
import { checkedIndexCheck, type IndexCheckSettings } from '../integrity/index-check-options.ts'
import { checkedScrub, type ScrubSettings } from '../integrity/scrub-options.ts'
import type { Logger } from '../observation/logger.ts'
import { checkedObserve, type ObserveSettings } from '../observation/observe-options.ts'
import { checkedCheckpoints } from '../recovery/checkpoint-options.ts'
import type { CheckpointSettings } from '../recovery/checkpoints.ts'
import { checkedSnapshots } from '../snapshots/snapshot-options.ts'
import type { SnapshotSettings } from '../snapshots/snapshots.ts'
import { bounded } from '../validation/bounded.ts'
import { checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import type { StateManagerOptions } from './state-manager-options.ts'

export interface CheckedOptions<D extends Domain> {
  readonly storage: Storage
  readonly domain: D
  readonly durability: Durability
  readonly cacheBytes: number
  readonly maxBytes: number | undefined
  readonly historyVersions: number
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
  readonly compaction: CompactionSettings & { readonly auto: boolean }
  readonly checkpoints: CheckpointSettings | undefined
  readonly snapshots: SnapshotSettings
  readonly scrub: ScrubSettings | undefined
  readonly indexCheck: IndexCheckSettings | undefined
  readonly reopening: RestartPolicy | undefined
  readonly hooks: CommitHooks
  readonly observe: ObserveSettings
  readonly logger: Logger | undefined
}

const optionKeys = new Set([
  'storage',
  'domain',
  'durability',
  'memory',
  'mailbox',
  'owner',
  'onEvent',
  'compaction',
  'checkpoints',
  'snapshots',
  'scrub',
  'indexCheck',
  'reopening',
  'hooks',
  'observe',
  'logger',
  'clock',
  'random',
  'timers',
])
const memoryKeys = new Set(['cacheBytes', 'maxBytes', 'historyVersions'])
const mailboxKeys = new Set(['capacity', 'overflow'])

/** The options of a state manager with their defaults filled in. `INVALID`, and `UNSUPPORTED` for a level that the storage lacks. */
export function checkedOptions<const D extends Domain>(options: StateManagerOptions<D>): CheckedOptions<D> {
  const { storage, domain, memory = {}, mailbox = {} } = options
  checkKeys(options, optionKeys, 'the options')
  checkKeys(memory, memoryKeys, 'memory')
  checkKeys(mailbox, mailboxKeys, 'mailbox')
  if (typeof storage?.openWriter !== 'function') throw invalid(`expected a storage, found ${describe(storage)}`)
  if (typeof domain?.entities !== 'object')
    throw invalid(`expected a domain as defineDomain makes it, found ${describe(domain)}`)
  for (const [type, entity] of Object.entries(domain.entities))
    if (entity.customIndexes.length > 0)
      checkCustomIndexes(
        type,
        entity,
        indexesFor(entity).map(({ name }) => name),
      )
  if (options.onEvent !== undefined && typeof options.onEvent !== 'function')
    throw invalid(`expected onEvent to be a function, found ${describe(options.onEvent)}`)
  const { capacity = limits.mailboxAsks, overflow = 'reject' } = mailbox
  if (overflow !== 'reject' && overflow !== 'wait')
    throw invalid(`expected mailbox.overflow to be reject or wait, found ${describe(overflow)}`)
  return {
    storage,
    domain,
    durability: offered(options.durability ?? storage.defaultDurability ?? 'commit', storage),
    cacheBytes: bounded('memory.cacheBytes', memory.cacheBytes ?? limits.cacheBytes),
    maxBytes: memory.maxBytes === undefined ? undefined : bounded('memory.maxBytes', memory.maxBytes),
    historyVersions: Math.min(
      limits.indexedVersions,
      bounded('memory.historyVersions', memory.historyVersions ?? limits.indexedVersions),
    ),
    mailbox: { capacity: bounded('mailbox.capacity', capacity), overflow },
    compaction: checkedCompaction(options.compaction),
    checkpoints: checkedCheckpoints(options.checkpoints),
    snapshots: checkedSnapshots(options.snapshots),
    scrub: checkedScrub(options.scrub),
    indexCheck: checkedIndexCheck(options.indexCheck),
    reopening: checkedReopening(options.reopening),
    hooks: checkedHooks(options.hooks),
    observe: checkedObserve(options.observe, storage.kind),
    logger: checkedLogger(options.logger),
  }
}

function offered(durability: Durability, { kind, caps }: Storage): Durability {
  if (!durabilityLevels.includes(durability))
    throw invalid(`expected durability to be one of ${durabilityLevels.join(', ')}, found ${describe(durability)}`)
  if (caps.survives[durability] !== undefined) return durability
  throw new StatewardError(
    'UNSUPPORTED',
    `expected one of the levels that the ${kind} storage offers (${Object.keys(caps.survives).join(', ')}), found ${durability}`,
  )
}

function checkedLogger(logger: Logger | undefined): Logger | undefined {
  if (logger === undefined) return undefined
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof logger?.[level] === 'function') continue
    throw invalid(`expected logger to have a function ${level}, as pino has, found ${describe(logger?.[level])}`)
  }
  return logger
}
