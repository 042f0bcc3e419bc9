import type { Domain, Durability, JsonObject, Protocol } from '@stateward/contract'
import { checkedWrite, checkKeys, invalid } from './check.ts'
import { describe } from './frozen-json.ts'
import { StepMaker } from './step-maker.ts'
import { isPartTxid } from './txid-window.ts'
import type { Write, WriteKind } from './write.ts'

/** What the door needs to know of the store. */
export interface DoorOptions {
  readonly domain: Domain
  readonly makeId: () => string
  readonly lowestDurability: Durability
  readonly offered: Readonly<Partial<Record<Durability, unknown>>>
  /** The record as it is known now, if it is in memory: what a slow schema is asked about ahead of the decision. */
  readonly peek: (type: string, id: string) => JsonObject | undefined
}

const writeKeys = ['durability', 'actor', 'txid'] as const
const guardKeys = ['force', 'reason', 'cascade'] as const
const keysOf: { readonly [K in WriteKind]: ReadonlySet<string> } = {
  create: new Set(['type', 'data', ...writeKeys]),
  update: new Set(['type', 'id', 'changes', 'unset', 'expectedRev', ...guardKeys, ...writeKeys]),
  delete: new Set(['type', 'id', 'expectedRev', ...guardKeys, ...writeKeys]),
  restore: new Set(['type', 'id', ...writeKeys]),
  createMany: new Set(['type', 'rows', ...writeKeys]),
  updateMany: new Set(['type', 'updates', ...guardKeys, ...writeKeys]),
  deleteMany: new Set(['type', 'ids', ...guardKeys, ...writeKeys]),
  transact: new Set(['operations', ...writeKeys]),
}

/**
 * The door: what comes in here is checked once, copied and frozen; behind it code trusts its arguments. Everything that
 * depends on no other record is refused here. A schema may answer with a promise; then `Write.ready` is that.
 */
export class Door {
  readonly #options: DoorOptions

  constructor(options: DoorOptions) {
    this.#options = options
  }

  check<K extends WriteKind>(kind: K, body: Protocol[K]['ask']): Write {
    if (typeof body !== 'object' || body === null)
      throw invalid(`expected the body of ${kind} to be an object, found ${describe(body)}`)
    checkKeys(body, keysOf[kind], kind)
    checkedWrite(body, this.#options.lowestDurability, this.#options.offered)
    if (body.txid !== undefined && isPartTxid(body.txid)) {
      throw invalid(
        `expected a txid that does not end as the parts of a bulk write do (#0-100), found ${describe(body.txid)}`,
      )
    }
    const maker = new StepMaker(this.#options)
    const steps = maker.steps(kind, body)
    const reasons = new Set(maker.reasons)
    return {
      kind,
      steps,
      checks: maker.checks,
      ready: maker.waits.length === 0 ? undefined : Promise.all(maker.waits).then(() => undefined),
      actor: body.actor,
      txid: body.txid,
      reason: reasons.size === 0 ? undefined : [...reasons].join('; '),
      durability: body.durability ?? this.#options.lowestDurability,
    }
  }
}
