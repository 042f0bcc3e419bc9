import type { LiveUpdate, QueryAnswer } from '@stateward/contract'
import { type LiveOptions, type SubscribeOptions, subscribed } from './live-results.ts'
import { RowsQuery } from './rows-query.ts'
import { typed } from './typed.ts'
import { type WithRelated, withRelated } from './with-related.ts'

/** A query whose rows come with what they lead to. */
export class RelatedQuery<R, Related> extends RowsQuery<WithRelated<R, Related>> {
  protected override rowsOf(answer: QueryAnswer): readonly WithRelated<R, Related>[] {
    return withRelated<R, Related>(answer)
  }

  /**
   * As `QueryBuilder.live`, each row with what it leads to: one changes, too, when a record changes, comes or goes that it leads to. At
   * most `limits.liveRows` of those (`TOO_LARGE`). `UNSUPPORTED` beside a writer of another process.
   */
  live(options: LiveOptions = {}): AsyncIterable<LiveUpdate<WithRelated<R, Related>>> {
    const { signal = new AbortController().signal } = options
    return typed<AsyncIterable<LiveUpdate<WithRelated<R, Related>>>>(this.runner.liveRelated(this.query, signal))
  }

  /** As `live`, by calling back; answers the way to stop. */
  subscribe(
    callback: (update: LiveUpdate<WithRelated<R, Related>>) => void,
    options: SubscribeOptions = {},
  ): () => void {
    return subscribed((signal) => this.live({ signal }), callback, options)
  }
}
