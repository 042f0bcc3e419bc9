import type { Clock, Notify, PlanStats, Query, QueryPlan, StoreEvent, TracedQuery } from '@stateward/contract'
import { plannedFor, type QueryGround } from '../querying/query-ground.ts'
import { channels } from './channels.ts'
import type { ObserveSettings } from './observe-options.ts'
import { planToTell } from './plan-to-tell.ts'
import { Sampling } from './sampling.ts'
import { traced } from './traced.ts'

export type QueryMessage = TracedQuery['message']

export interface QueryWatchOptions {
  readonly settings: Pick<ObserveSettings, 'name' | 'latencies' | 'slowQueryMs'>
  readonly clock: Clock
  readonly tell: Notify<StoreEvent>
}

/** One query that somebody wants to know of. */
interface Watched {
  readonly message: QueryMessage
  readonly type: string
  readonly plan: QueryPlan
}

/** Watches queries where they run: which way they were answered, how right the estimate was, and which took long. */
export class QueryWatch {
  readonly #options: QueryWatchOptions
  readonly #sampling: Sampling | undefined
  readonly #plans = new Map<string, PlanStats>()

  constructor(options: QueryWatchOptions) {
    this.#options = options
    const { latencies } = options.settings
    if (latencies !== undefined) this.#sampling = new Sampling(latencies.reads)
  }

  /** Counts a query: how many it stands for in the statistics; `undefined`: nobody wants to know of it. */
  wanted(): number | undefined {
    const times = this.#sampling?.take() ?? 0
    const isHeard = this.#options.settings.slowQueryMs !== undefined || channels.query.hasSubscribers
    return times > 0 || isHeard ? times : undefined
  }

  /** Settles as `run` does. Throws what is wrong with the query. */
  watch<T>(
    { message, query, ground, times }: { message: QueryMessage; query: Query; ground: QueryGround; times: number },
    run: () => Promise<T>,
  ): Promise<T> {
    const { plan, query: asked } = plannedFor(ground, query)
    const watched = { message, type: asked.type, plan: planToTell(plan.explanation, ground.type.indexes) }
    const isWhole =
      asked.limit === undefined && asked.cursor === undefined && message !== 'groupBy' && message !== 'aggregate'
    const noted = async (): Promise<T> => {
      const value = await run()
      if (isWhole && times > 0) this.#note(watched, rowsOf(value), times)
      return value
    }
    const timed = this.#options.settings.slowQueryMs === undefined ? noted : () => this.#timed(watched, noted)
    if (!channels.query.hasSubscribers) return timed()
    const context: TracedQuery = { store: this.#options.settings.name, ...watched }
    return traced(channels.query, context, timed, (told, value) => {
      told.rows = rowsOf(value)
    })
  }

  get stats(): readonly PlanStats[] {
    return [...this.#plans.values()]
  }

  /** As many as there are types and indexes. */
  #note({ type, plan: { access, index, estimatedRows } }: Watched, rows: number, times: number): void {
    const key = JSON.stringify([type, access, index])
    const known = this.#plans.get(key) ?? { queries: 0, estimatedRows: 0, rows: 0 }
    this.#plans.set(key, {
      type,
      access,
      ...(index === undefined ? {} : { index }),
      queries: known.queries + times,
      estimatedRows: known.estimatedRows + estimatedRows * times,
      rows: known.rows + rows * times,
    })
  }

  async #timed<T>(watched: Watched, run: () => Promise<T>): Promise<T> {
    const { clock, settings, tell } = this.#options
    const start = clock.monotonicMs()
    let rows: number | undefined
    try {
      const value = await run()
      rows = rowsOf(value)
      return value
    } finally {
      const ms = clock.monotonicMs() - start
      if (ms >= (settings.slowQueryMs ?? Number.POSITIVE_INFINITY))
        tell({ kind: 'slowQuery', ...watched, ms, ...(rows === undefined ? {} : { rows }) })
    }
  }
}

/** Of whatever a query may be answered with. */
function rowsOf(value: unknown): number {
  if (typeof value === 'number') return value
  const rows: unknown = typeof value === 'object' && value !== null && 'rows' in value ? value.rows : value
  return Array.isArray(rows) ? rows.length : 0
}
