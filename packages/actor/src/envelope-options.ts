import type { AskOptions } from './actor.ts'
import type { Clock } from './clock.ts'
import type { DeliveryOptions } from './delivery.ts'
import type { Hop } from './hop.ts'
import { limits } from './limits.ts'

/** What came with a message, and in whose handling it was asked. */
export interface EnvelopeOptions extends DeliveryOptions {
  readonly from: Hop | undefined
  /** Once it was put aside: where it stands among all that were. */
  readonly place?: number
}

export const noOptions: EnvelopeOptions = Object.freeze({ signal: undefined, deadline: undefined, from: undefined })

/** The deadline of an ask that has no time left, whatever the clock says. */
export const over: number = Number.NEGATIVE_INFINITY

const forever = Number.POSITIVE_INFINITY

/** An ask's own signal and deadline, or those of the message in whose handling it is made, whichever is sooner. */
export function envelopeOptions(options: AskOptions, clock: Clock): EnvelopeOptions {
  const { from, signal = from?.options.signal } = options
  const latest = from?.options.deadline ?? forever
  const { timeoutMs = from === undefined || latest !== forever ? forever : limits.nestedAskMs } = options
  if (timeoutMs === forever && latest === forever) return { signal, deadline: undefined, from: from?.hop }
  const now = clock.now()
  const deadline = Math.min(now + timeoutMs, latest)
  return { signal, deadline: deadline > now ? deadline : over, from: from?.hop }
}
