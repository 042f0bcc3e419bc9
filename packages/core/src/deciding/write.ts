import type { Durability, MessageKind, StatewardError } from '@stateward/contract'
import type { HeadLayer, HeadReader } from '../records/heads.ts'
import type { Live } from '../state/live.ts'
import type { CommandGround, Commanding } from './commanding.ts'
import type { Deciding } from './deciding.ts'
import { SchemaChecks } from './schema-check.ts'
import type { Step } from './step.ts'

/** The messages that write. */
export type WriteKind =
  | 'create'
  | 'update'
  | 'delete'
  | 'restore'
  | 'createMany'
  | 'updateMany'
  | 'deleteMany'
  | 'transact'
  | 'command'

const writeKinds: ReadonlySet<string> = new Set<WriteKind>([
  'create',
  'update',
  'delete',
  'restore',
  'createMany',
  'updateMany',
  'deleteMany',
  'transact',
  'command',
])

/** A write of nothing, which settles when everything before it has. */
export const nothing: Write = {
  kind: 'transact',
  steps: [],
  checks: new SchemaChecks(),
  ready: undefined,
  actor: undefined,
  txid: undefined,
  reason: undefined,
  durability: 'none',
}

export function isWrite(kind: MessageKind): kind is WriteKind {
  return writeKinds.has(kind)
}

/** The messages that change the log in any way. */
export function wouldWrite(kind: string): boolean {
  return writeKinds.has(kind) || kind === 'undo' || kind === 'compact' || kind === 'flush'
}

/** The messages that write rows, in as many commits as their size asks for. */
export function isOfRows(kind: WriteKind): boolean {
  return kind === 'createMany' || kind === 'updateMany' || kind === 'deleteMany'
}

/** What a write rests on beside its steps. */
export interface Precondition {
  /** The records that it looks at. */
  readonly targets: readonly { readonly type: string; readonly id: string }[]
  /** Throws the refusal of the write where it does not hold, or `ColdBodies`. */
  readonly check: (heads: HeadReader) => void
}

/** A message that writes, checked at the door. */
export interface Write {
  readonly kind: WriteKind
  readonly steps: readonly Step[]
  readonly checks: SchemaChecks
  /** Present while a schema has still to answer; rejects with `INVALID`. */
  readonly ready: Promise<void> | undefined
  readonly actor: string | undefined
  readonly txid: string | undefined
  /** Why guards were skipped. */
  readonly reason: string | undefined
  readonly durability: Durability
  /** What must hold beside them of what was decided before. */
  readonly precondition?: Precondition
  /** References, rules and guards are those of the whole: looked at when every step has been taken, so that records may refer to each other. */
  readonly isCheckedWhole?: true
  /** Looks at what the steps have made together; throws the refusal of the write. */
  readonly afterSteps?: (deciding: Deciding) => void
  /** How long its line may be; `limits` say it of others. */
  readonly maxBytes?: number
  /** Decides the steps, where they are not known before the write has its turn. */
  readonly command?: (ground: CommandGround) => Commanding
  readonly transaction?: {
    /** When it began: what it wrote says so. */
    readonly timestamp: string
    /** Why it cannot be committed on top of everything decided so far. May throw `ColdBodies`. */
    readonly conflict: (live: Live, pending: HeadLayer) => StatewardError | undefined
  }
}
