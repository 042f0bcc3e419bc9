import type { TracingChannel } from 'node:diagnostics_channel'
import { errorCodes } from '@stateward/contract'

/**
 * Tells what runs to who listens on a channel: as `TracingChannel.tracePromise`, but that neither the result nor the error
 * is told, because both may hold what records hold. `done` adds what of the result may be told. To be called when
 * somebody listens.
 */
export function traced<C extends { code?: string }, T>(
  { start, end, asyncStart, asyncEnd, error }: TracingChannel<unknown, C>,
  context: C,
  run: () => Promise<T>,
  done?: (context: C, value: T) => void,
): Promise<T> {
  const ended = (): void => {
    asyncStart.publish(context)
    asyncEnd.publish(context)
  }
  return start.runStores(context, () => {
    const running = run()
    end.publish(context)
    return running.then(
      (value) => {
        done?.(context, value)
        ended()
        return value
      },
      (reason: unknown) => {
        context.code = codeOf(reason)
        error.publish(context)
        ended()
        throw reason
      },
    )
  })
}

/** The code of a failure; `UNKNOWN` of what is no error of Stateward. */
export function codeOf(reason: unknown): string {
  const code: unknown = typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : undefined
  return typeof code === 'string' && Object.hasOwn(errorCodes, code) ? code : 'UNKNOWN'
}
