import type { Operation, Protocol } from '@stateward/contract'
import { type Commanding, commandOf } from '../deciding/commanding.ts'
import { preconditionOf } from '../deciding/expectations.ts'
import { isPartTxid } from '../deciding/txid-window.ts'
import type { Write, WriteKind } from '../deciding/write.ts'
import { checkedWrite, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { checkMessage } from '../validation/message-keys.ts'
import type { DoorOptions } from './door-options.ts'
import { StepMaker } from './step-maker.ts'

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
    const expected = kind === 'transact' && 'expect' in body ? body.expect : undefined
    const write: Write = {
      kind,
      steps,
      checks: maker.checks,
      ready: readyOf(maker.waits),
      actor: body.actor,
      txid: body.txid,
      reason: reasonOf(maker),
      durability: body.durability ?? this.#options.lowestDurability,
      ...(expected === undefined ? {} : { precondition: preconditionOf(expected, this.#options.domain) }),
    }
    if (kind !== 'command') return write
    return {
      ...write,
      command: commandOf(this.#options, body, (operations) => commanding(maker, operations)),
      // Known when it has been decided.
      get reason() {
        return reasonOf(maker)
      },
    }
  }
}

function commanding(maker: StepMaker, operations: readonly Operation[]): Commanding {
  const waited = maker.waits.length
  const steps = maker.steps('transact', { operations })
  return { steps, ready: readyOf(maker.waits.slice(waited)) }
}

function readyOf(waits: readonly Promise<void>[]): Promise<void> | undefined {
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined)
}

function reasonOf({ reasons }: StepMaker): string | undefined {
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ')
}
