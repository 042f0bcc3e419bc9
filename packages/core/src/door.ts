import type { Operation, Protocol } from '@stateward/contract'
import { checkedWrite, invalid } from './check.ts'
import { type Commanding, commandOf } from './commanding.ts'
import type { DoorOptions } from './door-options.ts'
import { preconditionOf } from './expectations.ts'
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
