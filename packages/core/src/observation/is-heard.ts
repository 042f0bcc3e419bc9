import type { TracingChannel } from 'node:diagnostics_channel'

/** Whether anybody listens on one of its channels; as `hasSubscribers` says it, which cannot be inlined into who asks. */
export function isHeard<C extends object>({
  start,
  end,
  asyncStart,
  asyncEnd,
  error,
}: TracingChannel<unknown, C>): boolean {
  return (
    start.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    error.hasSubscribers
  )
}
