import type { Domain, JsonValue, Protocol } from '@stateward/contract'
import { asProcedureError, procedureOf } from '../deciding/procedure-of.ts'
import { ColdBodies, PendingCheck } from '../records/suspension.ts'
import type { Live } from '../state/live.ts'
import type { Projections } from '../state/projections.ts'
import { frozenObject } from '../validation/frozen-json.ts'
import { DurableReader } from './durable-reader.ts'

export interface QuestionGround {
  readonly domain: Domain
  readonly live: Live
  readonly projections: Projections
  readonly timestamp: string
}

/**
 * Asks a question of the domain as often as it takes until all that it looks at is in memory. Its answer is of one
 * durable state: that of the turn in which it came to its end.
 */
export async function askQuestion(
  { domain, live, projections, timestamp }: QuestionGround,
  { name, body }: Protocol['question']['ask'],
): Promise<JsonValue> {
  const question = procedureOf('question', domain.procedures.questions, name)
  const ask = frozenObject(body, 'body')
  // What it will look at is not known, and the projections go through much of it.
  if (!live.whole.isReached) await live.whole.reached()
  const reader = new DurableReader(live)
  for (;;) {
    try {
      return question(ask, { reader, durable: reader, timestamp, projection: (kind) => projections.get(kind) })
    } catch (reason) {
      if (reason instanceof ColdBodies) await reader.load(reason)
      else if (reason instanceof PendingCheck) await reason.settled
      else throw asProcedureError('question', reason)
    }
  }
}
