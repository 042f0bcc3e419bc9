import { compareValues, type LiveUpdate } from '@stateward/contract'
import type { Linked, LinkedIssues } from './linked-issues.ts'
import { type PlainGrouping, PlainGroups } from './plain-groups.ts'
import { type PlainQuery, PlainWindow } from './plain-window.ts'
import { Told } from './told.ts'

export type Live = ReadonlyMap<string, Linked>

/** One question, as it is told live, as it is in plain words, and as it is polled. */
export interface Looked {
  readonly name: string
  readonly live: (issues: LinkedIssues, signal: AbortSignal) => AsyncIterable<string>
  readonly polled: (issues: LinkedIssues) => Promise<string>
  /** Whether polling takes a look at few records. */
  readonly isSoonPolled: boolean
  /** Takes in a change of an issue; whether the answer may be another one by it. */
  readonly take: (id: string, after: Linked['fields'] | undefined) => boolean
  readonly plain: (live: Live) => string
}

async function* texts<R>(updates: AsyncIterable<LiveUpdate<R>>, textOf: (rows: readonly R[]) => string) {
  const told = new Told<R>()
  for await (const update of updates) {
    told.take(update)
    yield textOf(told.rows)
  }
}

async function* each<R>(items: AsyncIterable<R>, textOf: (item: R) => string): AsyncGenerator<string> {
  for await (const item of items) yield textOf(item)
}

type Query = ReturnType<LinkedIssues['where']>

interface Grouped extends PlainGrouping {
  readonly asked: (issues: LinkedIssues) => Query
  readonly isSoonPolled: boolean
}

/** How many match. */
export function counted({ asked, isSoonPolled, ...grouping }: Grouped): Looked {
  const groups = new PlainGroups(grouping)
  return {
    name: 'count',
    live: (issues, signal) => each(asked(issues).liveCount({ signal }), ({ count }) => `${count}`),
    polled: async (issues) => `${await asked(issues).count()}`,
    isSoonPolled,
    take: (id, after) => groups.take(id, after),
    plain: () => `${groups.rows[0]?.[1]}`,
  }
}

/** How many match, by a field. */
export function grouped(by: NonNullable<PlainGrouping['by']>, { asked, isSoonPolled, matches }: Grouped): Looked {
  const groups = new PlainGroups({ matches, by })
  const textOf = (rows: readonly { readonly value?: unknown; readonly count: number }[]) =>
    rows.map(({ value, count }) => `${value} ${count}`).join()
  return {
    name: `groups by ${by.field}`,
    live: (issues, signal) => texts(asked(issues).liveGroupBy(by.field, { signal }), textOf),
    polled: async (issues) => textOf(await asked(issues).groupBy(by.field)),
    isSoonPolled,
    take: (id, after) => groups.take(id, after),
    plain: () => groups.rows.map(([value, count]) => `${value} ${count}`).join(),
  }
}

const measures = { n: { count: true }, sum: { sum: 'priority' }, mean: { avg: 'priority' } } as const

/** Sum and mean of the priorities of those that match. */
export function summed({ asked, isSoonPolled, matches }: Grouped): Looked {
  const groups = new PlainGroups({ matches })
  const textOf = ({ n, sum, mean }: { readonly n: number; readonly sum: number; readonly mean?: number | undefined }) =>
    `${n} ${sum} ${mean}`
  return {
    name: 'sum and mean',
    live: (issues, signal) => each(asked(issues).liveAggregate(measures, { signal }), textOf),
    polled: async (issues) => textOf(await asked(issues).aggregate(measures)),
    isSoonPolled,
    take: (id, after) => groups.take(id, after),
    plain: () => {
      const [, n = 0, sum = 0] = groups.rows[0] ?? [undefined]
      return textOf({ n, sum, mean: n === 0 ? undefined : sum / n })
    },
  }
}

const extremes = { least: { min: 'priority' }, last: { max: 'closed_at' } } as const

/** The least priority and the last end of those that match. */
export function extreme({ asked, isSoonPolled, matches }: Grouped): Looked {
  const matching = new Map<string, Linked['fields']>()
  const textOf = ({ least, last }: { readonly least?: number | undefined; readonly last?: string | undefined }) =>
    `${least} ${last}`
  return {
    name: 'least and last',
    live: (issues, signal) => each(asked(issues).liveAggregate(extremes, { signal }), textOf),
    polled: async (issues) => textOf(await asked(issues).aggregate(extremes)),
    isSoonPolled,
    take: (id, after) => {
      const was = matching.delete(id)
      if (after !== undefined && matches(after)) matching.set(id, after)
      return was || matching.has(id)
    },
    plain: () => {
      let [least, last]: [number | undefined, string | undefined] = [undefined, undefined]
      for (const { priority, closed_at } of matching.values()) {
        if (least === undefined || priority < least) least = priority
        const order = closed_at === undefined ? -1 : last === undefined ? 1 : compareValues(closed_at, last, 'time')
        if (order > 0 || (order === 0 && String(closed_at) < String(last))) last = closed_at
      }
      return textOf({ least, last })
    },
  }
}

interface Related extends PlainQuery {
  readonly asked: (issues: LinkedIssues) => Query
  readonly isSoonPolled: boolean
}

const included = (query: Query) => query.include('epic', 'needs')
type RelatedRows = Awaited<ReturnType<ReturnType<typeof included>['all']>>

/** Rows, each with its epic and what it needs. */
export function linked({ asked, isSoonPolled, ...query }: Related): Looked {
  const window = new PlainWindow(query)
  const textOf = (rows: RelatedRows) =>
    rows.map(({ record, related: { epic, needs = [] } }) => [record, epic, ...needs].map(nameOf).join(' ')).join()
  const linkedText = (id: string, live: Live) => {
    const { epic, needs = [] } = live.get(id)?.fields ?? {}
    return [id, epic, ...needs].map((one) => plainName(one, live)).join(' ')
  }
  return {
    name: 'rows and what they lead to',
    live: (issues, signal) => texts(included(asked(issues)).live({ signal }), textOf),
    polled: async (issues) => textOf(await included(asked(issues)).all()),
    isSoonPolled,
    take: (id, after) => {
      window.take(id, after === undefined ? undefined : { id, ...after })
      return true
    },
    plain: (live) => window.ids.map((id) => linkedText(id, live)).join(),
  }
}

function nameOf(record: { readonly id: string; readonly rev: number } | undefined): string {
  return record === undefined ? 'none' : `${record.id}/${record.rev}`
}

function plainName(id: string | undefined, live: Live): string {
  const found = id === undefined ? undefined : live.get(id)
  return id === undefined || found === undefined ? 'none' : `${id}/${found.rev}`
}
