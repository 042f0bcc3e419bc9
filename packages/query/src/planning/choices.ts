import { type Entity, fieldKind, type Index, type OrderBy } from '@stateward/contract'
import { intersection } from './bounds.ts'
import type { Asked, Choice } from './choice.ts'
import type { Position } from './cursor.ts'
import { estimateMatches } from './estimates.ts'
import type { Facts } from './facts.ts'
import { isSifted } from './held-fields.ts'
import { intersectionChoice } from './intersections.ts'
import { boundsBehind, boundsBeyond, isIdAscending, type OrderGiven, orderGiven, unfixedOrder } from './order-given.ts'
import type { Access, Given } from './plan.ts'
import { always, type Coverage, membershipProbes, type Probing, probeOf, probeWithin, textProbes } from './probes.ts'

export interface Question {
  readonly facts: Facts
  readonly entity: Entity
  readonly orderBy: readonly OrderBy[] | undefined
  readonly limit: number | undefined
  readonly after: Position | undefined
  /** Those that may fit. */
  readonly indexes: readonly Index[]
  /** The fields that any index begins with. */
  readonly led: ReadonlySet<string>
  readonly records: number
}

/** All ways to find the candidates, and the number of rows expected to match. */
export interface Choices {
  readonly all: readonly Choice[]
  readonly matches: number
}

/** A record of a scan costs a little more than one that an index led to: it is likelier to be in vain. */
const scanCost = 1.2
/** Where all that match are asked for, and one byte of each record tells most of those that do not. */
const siftedShare = 0.1
/** Sorting one row, beside finding it. */
const sortCost = 0.3

/** Sorting one slot by its id, which is in a table of numbers. */
const slotSortCost = 0.1
/** Slots that are sorted by their ids within a call: a millisecond of it where they come in no order at all. */
const mostById = 1_024

const coversNothing: Coverage = () => 'not'

/** What an index that may give too much takes care of. */
function inPart(covers: Coverage): Coverage {
  return (condition) => (covers(condition) === 'not' ? 'not' : 'partly')
}

/** Lists the ways; the cheapest is the plan. Asks each index for an estimate, and nothing else. */
export function choicesOf(question: Question): Choices {
  const { facts, entity, indexes, led, records } = question
  const order = unfixedOrder(question.orderBy, facts)
  const ids = idChoice(question, order)
  const lookups: Asked[] = []
  const scans: { readonly asked: Asked; readonly order: OrderGiven }[] = []
  for (const index of indexes) {
    const probing = probeOf(index, facts, entity)
    const given = probing?.single === true && index.sorted !== undefined ? orderGiven(index, order, facts) : undefined
    if (probing !== undefined && (probing.narrows || given !== undefined)) {
      const asked = ask(index, probing, records)
      if (probing.narrows) lookups.push(asked)
      if (given !== undefined) scans.push({ asked, order: given })
    }
    if (index.membership !== undefined) {
      for (const one of membershipProbes(index, facts)) lookups.push(ask(index, one, records))
    }
    if (index.texts !== undefined) {
      for (const one of textProbes(index, facts)) lookups.push(ask(index, one, records))
    }
  }
  const matches = Math.min(records, estimateMatches(facts, ids === undefined ? lookups : [...lookups, ids], records))
  const all: Choice[] = ids === undefined ? [] : [ids]
  for (const scan of scans) all.push(orderedChoice(scan.asked, scan.order, question, matches))
  const sorting = matches * sortCost
  // A page ends early in an order that an index has, and what is common is not told by a byte.
  const share = question.limit === undefined && isSifted(facts, led) ? siftedShare : 1
  const isById = isIdAscending(order[0])
  for (const asked of lookups) {
    const { index, probing, probe, rows, covers } = asked
    const { isRight } = probing
    const access = { kind: 'lookup', index, probe } as const
    all.push({ access, inOrder: false, rows, cost: rows * share + sorting, covers, isRight })
    if (isById && rows <= mostById) all.push(byIdChoice(asked, question, matches, share))
  }
  const merged = intersectionChoice(lookups, { conjuncts: facts.conjuncts, records, share, sorting })
  if (merged !== undefined) all.push(merged)
  const cost = 1 + records * scanCost * share + sorting
  all.push({ access: { kind: 'scan' }, inOrder: false, rows: records, cost, covers: coversNothing, isRight: always })
  return { all, matches }
}

function ask(index: Index, probing: Probing, records: number): Asked {
  const { equal, bounds, contains } = probing
  const probe = contains === undefined ? probeWithin(equal, bounds) : { equal, contains }
  const rows = probing.narrows ? Math.min(records, index.estimate(probe)) : records
  return { index, probing, probe, rows, covers: index.approximate === true ? inPart(probing.covers) : probing.covers }
}

function idChoice({ facts }: Question, order: readonly OrderBy[]): Choice | undefined {
  const equal = facts.fields.get('id')?.equal
  if (equal === undefined) return undefined
  const ids = equal.filter((id) => typeof id === 'string').sort()
  const [first] = order
  const byId = first?.[0] === 'id' && first[1] === 'asc'
  return {
    access: ids.length === 0 ? { kind: 'empty' } : { kind: 'ids', ids },
    inOrder: byId || ids.length <= 1,
    rows: ids.length,
    cost: ids.length,
    isRight: always,
    covers: ({ field, operator }) => (field === 'id' && (operator === 'eq' || operator === 'in') ? 'wholly' : 'not'),
  }
}

/** A lookup whose slots are sorted by their ids first: fewer records are looked at for a page, and none of them is sorted. */
function byIdChoice(asked: Asked, { limit, after }: Question, matches: number, share: number): Choice {
  const { index, probing, probe, rows, covers } = asked
  const id = after?.values.at(-1)
  const byId = { after: typeof id === 'string' ? id : undefined }
  const visited = limit === undefined ? rows * share : Math.min(rows, ((limit + 1) * rows) / Math.max(matches, 1))
  return {
    access: { kind: 'lookup', index, probe, byId },
    inOrder: true,
    rows,
    cost: visited + rows * slotSortCost,
    covers,
    // All are sorted in one turn of the event loop, so that their number is looked at each time.
    isRight: () => probing.isRight() && index.estimate(probe) <= mostById * 2,
  }
}

function orderedChoice(asked: Asked, order: OrderGiven, question: Question, matches: number): Choice {
  const { index, probing, covers } = asked
  const { after, limit, records, orderBy, entity } = question
  let { probe, rows } = asked
  let given: Given | undefined
  if (after !== undefined && order.field !== undefined) {
    const behind = boundsBehind(order, orderBy, after)
    probe = probeWithin(probing.equal, intersection(probing.bounds, behind, fieldKind(entity, order.field)))
    rows = Math.min(records, index.estimate(probe))
  }
  if (after !== undefined) given = givenBefore(order, probing, question, after)
  // One row more than the limit is looked for, to know whether there is a next page.
  const visited = limit === undefined ? rows : Math.min(rows, ((limit + 1) * asked.rows) / Math.max(matches, 1))
  const { direction } = order
  const access: Access = { kind: 'ordered', index, probe, direction, ...(given !== undefined && { given }) }
  return { access, inOrder: true, rows, cost: visited, covers, isRight: always }
}

/** Rows that are equal in the field of the scan come by id, so that those which were given are the first of them. */
function givenBefore(
  order: OrderGiven,
  { equal, bounds }: Probing,
  { orderBy, entity }: Question,
  after: Position,
): Given | undefined {
  const id = after.values.at(-1)
  if (typeof id !== 'string') return undefined
  const beyond = boundsBeyond(order, orderBy, after)
  if (order.field === undefined || beyond === undefined) return { id, beyond: undefined }
  return { id, beyond: probeWithin(equal, intersection(bounds, beyond, fieldKind(entity, order.field))) }
}
