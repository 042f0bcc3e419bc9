import type { ChangesAsk, Commit, Query, QueryAnswer, Seq, Watching, WatchKind } from '@stateward/contract'
import { plainChanges } from './plain-changes.ts'
import { plainLive } from './plain-live.ts'

export interface PlainWatch {
  readonly kind: WatchKind
  readonly body: object
  readonly lastSeq: Seq
  /** All of them from the first one on, then those that come. */
  readonly commits: AsyncIterable<readonly Commit[]>
}

/** Answers whatever is told again and again. */
export function plainWatch<K extends WatchKind>(
  { kind, body, lastSeq, commits }: PlainWatch & { readonly kind: K },
  ask: (query: Query) => QueryAnswer,
): AsyncIterable<Watching[K]['item']> {
  const query = body as Query
  return kind === 'live'
    ? plainLive(query, () => ask(query), commits)
    : plainChanges(body as ChangesAsk, lastSeq, commits)
}
