import { type MaintenanceOptions, StatewardError } from '@stateward/contract'

/** Where long work lets others go first, and ends when nobody wants it any more: `ABORTED`, or `CLOSED`. */
export type Checkpoint = () => Promise<void>

/** `doing` names the work in the words of its errors, such as `saving a base`. `closing` aborts when the writer is closed. */
export function checkpointOf(doing: string, { signal, breathe }: MaintenanceOptions, closing: AbortSignal): Checkpoint {
  const check = (): void => {
    if (closing.aborted)
      throw new StatewardError('CLOSED', `the writer was closed in the middle of ${doing}; the log is as it was.`)
    if (signal?.aborted)
      throw new StatewardError('ABORTED', `${doing} was aborted by the caller; the log is as it was.`, {
        cause: signal.reason,
      })
  }
  return async () => {
    check()
    if (breathe === undefined) return
    await breathe()
    check()
  }
}

/** These chunks, with a checkpoint before each of them but the first. */
export async function* checked<T>(chunks: AsyncIterable<T>, checkpoint: Checkpoint): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    yield chunk
    await checkpoint()
  }
}
