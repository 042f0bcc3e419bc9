import type { CommandContext, Domain, JsonObject, Operation } from '@stateward/contract'
import { ColdBodies, PendingCheck } from '../records/suspension.ts'
import { frozenObject } from '../validation/frozen-json.ts'
import { asProcedureError, procedureOf } from './procedure-of.ts'
import type { Step } from './step.ts'

/** Everything that a command looks at, but for the making of ids, which is the door's. */
export type CommandGround = Omit<CommandContext, 'makeId'>

/** What a command has decided, checked as if its caller had sent it. */
export interface Commanding {
  readonly steps: readonly Step[]
  /** Present while a schema has still to answer. */
  readonly ready: Promise<void> | undefined
}

/**
 * Checks the ask of a command at the door, and answers with what decides it in the actor. That throws the command's
 * refusal, `ColdBodies` or `PendingCheck`.
 */
export function commandOf(
  { domain, makeId }: { readonly domain: Domain; readonly makeId: () => string },
  given: object,
  make: (operations: readonly Operation[]) => Commanding,
): (ground: CommandGround) => Commanding {
  const { name, body }: { readonly name?: unknown; readonly body?: unknown } = given
  const command = procedureOf('command', domain.procedures.commands, name)
  const ask: JsonObject = frozenObject(body, 'body')
  return (ground) => {
    return make(refusing(() => command(ask, { ...ground, makeId })))
  }
}

function refusing<T>(decide: () => T): T {
  try {
    return decide()
  } catch (reason) {
    if (reason instanceof ColdBodies || reason instanceof PendingCheck) throw reason
    throw asProcedureError('command', reason)
  }
}
