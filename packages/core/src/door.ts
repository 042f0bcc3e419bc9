import type { Protocol } from '@stateward/contract'
import { checkedWrite, invalid } from './check.ts'
import type { DoorOptions } from './door-options.ts'
import { describe } from './frozen-json.ts'
import { checkMessage } from './message-keys.ts'
import { StepMaker } from './step-maker.ts'
import { isPartTxid } from './txid-window.ts'
import type { Write, WriteKind } from './write.ts'

/**
 * The door: what comes in here is checked once, copied and frozen; behind it code trusts its arguments. Everything that
 * depends on no other record is refused here. A schema may answer with a promise; then `Write.ready` is that.
 */
export class Door {
  readonly #options: DoorOptions

  constructor(options: DoorOptions) {
    this.#options = options
  }

  check<K extends WriteKind>(kind: K, given: Protocol[K]['ask']): Write {
    checkMessage(kind, given)
    // Read once, because a getter may answer differently the second time.
    const body = { ...given }
    checkedWrite(body, this.#options.lowestDurability, this.#options.offered)
    if (body.txid !== undefined && isPartTxid(body.txid)) {
      throw invalid(
        `expected a txid that does not end as the parts of a bulk write do (#0-100), found ${describe(body.txid)}`,
      )
    }
    const maker = new StepMaker(this.#options)
    const steps = maker.steps(kind, body)
    return {
      kind,
      steps,
      checks: maker.checks,
      ready: maker.waits.length === 0 ? undefined : Promise.all(maker.waits).then(() => undefined),
      actor: body.actor,
      txid: body.txid,
      reason: maker.reasons.length === 0 ? undefined : [...new Set(maker.reasons)].join('; '),
      durability: body.durability ?? this.#options.lowestDurability,
    }
  }
}
