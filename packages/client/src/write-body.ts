import type { AskOptions } from '@stateward/contract'

/** What a message carries of the options of a write: all but how long the caller waits, which stays with the caller. */
export function writeBody<O extends AskOptions & { readonly actor?: string }>(
  options: O | undefined,
  actor: string | undefined,
): Omit<O, 'signal' | 'timeoutMs'> | { readonly actor?: string } {
  if (options === undefined) return actor === undefined ? {} : { actor }
  const { signal: _signal, timeoutMs: _timeoutMs, ...body } = options
  return actor === undefined || body.actor !== undefined ? body : { ...body, actor }
}
