import type { Analysis, AnalyzedStep, QueryAnswer } from '@stateward/contract'
import { type Plan, topK } from '@stateward/query'
import { readNow } from '../state/read-now.ts'
import { readAll } from '../state/read-records.ts'
import type { Candidate, ReadView } from '../state/read-view.ts'
import type { QueryGround } from './query-ground.ts'

/** Watches one query: what it takes from where, and how long each step is. From its making on. */
export class QueryMeter {
  readonly #monotonicMs: () => number
  readonly #start: number
  readonly #ms: Record<Exclude<AnalyzedStep, 'rest'>, number> = {
    plan: 0,
    find: 0,
    load: 0,
    check: 0,
    sort: 0,
    wait: 0,
  }
  #candidates = 0
  #bodies = 0

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
    this.#start = monotonicMs()
  }

  timed<T>(step: Exclude<AnalyzedStep, 'rest'>, work: () => T): T {
    const start = this.#monotonicMs()
    try {
      return work()
    } finally {
      this.#ms[step] += this.#monotonicMs() - start
    }
  }

  /** The same ground, watched. */
  ground(ground: QueryGround): QueryGround {
    return {
      ...ground,
      view: this.#view(ground.view),
      breathe: () => this.#awaited('wait', ground.breathe()),
      metered: {
        readAll: (live, requests) => {
          this.#bodies += requests.length
          return this.#awaited('load', readAll(live, requests))
        },
        readNow: (live, requests) => {
          this.#bodies += requests.length
          return this.timed('load', () => readNow(live, requests))
        },
        view: (view) => this.#view(view),
        topK: (rows, count, compare) => this.timed('sort', () => topK(rows, count, compare)),
      },
    }
  }

  /** The same plan, watched. */
  plan(plan: Plan): Plan {
    const { predicate } = plan
    if (predicate === undefined) return plan
    return {
      ...plan,
      explanation: plan.explanation,
      predicate: (record) => this.timed('check', () => predicate(record)),
    }
  }

  /** All of it until now. */
  analysis({ rows, seq }: QueryAnswer): Analysis {
    const ms = this.#monotonicMs() - this.#start
    const rest = ms - Object.values(this.#ms).reduce((sum, step) => sum + step, 0)
    const steps = { ...this.#ms, rest: Math.max(0, rest) }
    return { rows: rows.length, candidates: this.#candidates, bodies: this.#bodies, seq, ms, steps }
  }

  #view(view: ReadView): ReadView {
    return {
      live: view.live,
      get seq() {
        return view.seq
      },
      keepsOrder: view.keepsOrder,
      size: (type) => view.size(type),
      find: (type, id) => {
        const found = this.timed('find', () => view.find(type, id))
        if (found !== undefined) this.#candidates++
        return found
      },
      candidates: (type, access, sieve) => this.#found(() => view.candidates(type, access, sieve)),
    }
  }

  *#found(candidates: () => Iterable<Candidate>): Iterable<Candidate> {
    const iterator = this.timed('find', () => candidates()[Symbol.iterator]())
    try {
      for (;;) {
        const next = this.timed('find', () => iterator.next())
        if (next.done === true) return
        this.#candidates++
        yield next.value
      }
    } finally {
      iterator.return?.()
    }
  }

  async #awaited<T>(step: 'load' | 'wait', work: Promise<T>): Promise<T> {
    const start = this.#monotonicMs()
    try {
      return await work
    } finally {
      this.#ms[step] += this.#monotonicMs() - start
    }
  }
}
