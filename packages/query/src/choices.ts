import type { Direction, Entity, Index, OrderBy } from '@stateward/contract'
import type { Bounds } from './bounds.ts'
import type { Position } from './cursor.ts'
import { estimateMatches } from './estimates.ts'
import type { Facts } from './facts.ts'
import { fullOrder } from './order.ts'
import type { Access } from './plan.ts'
import { type Coverage, membershipProbes, type Probing, probeOf } from './probes.ts'

/** One way to find the candidates. */
export interface Choice {
  readonly access: Access
  readonly inOrder: boolean
  /** Candidates that the access can give at most. */
  readonly rows: number
  /** Relative: one is the work on one candidate. */
  readonly cost: number
  readonly covers: Coverage
}

export interface Question {
  readonly facts: Facts
  readonly entity: Entity
  readonly orderBy: readonly OrderBy[] | undefined
  readonly limit: number | undefined
  readonly after: Position | undefined
  readonly indexes: readonly Index[]
  readonly records: number
}

/** All ways to find the candidates, and the number of rows expected to match. */
export interface Choices {
  readonly all: readonly Choice[]
  readonly matches: number
}

/** A record of a scan costs a little more than one that an index led to: it is likelier to be in vain. */
const scanCost = 1.2
/** Sorting one row, beside finding it. */
const sortCost = 0.3

const coversNothing: Coverage = () => 'not'

/** Lists the ways; the cheapest is the plan. Asks each index for an estimate, and nothing else. */
export function choicesOf(question: Question): Choices {
  const { facts, entity, indexes, records } = question
  const lookups = indexes.flatMap((index) =>
    [probeOf(index, facts, entity), ...membershipProbes(index, facts)]
      .filter((probing) => probing?.narrows === true)
      .map((probing) => measure(index, probing as Probing, records)),
  )
  const ids = idChoice(question)
  const measured = ids === undefined ? lookups : [...lookups, ids]
  const matches = Math.min(records, estimateMatches(facts, measured, records))
  const sorting = matches * sortCost
  const all: Choice[] = ids === undefined ? [] : [ids]
  for (const index of indexes) {
    const ordered = orderedChoice(index, question, matches)
    if (ordered !== undefined) all.push(ordered)
  }
  for (const { index, probe, rows, covers } of lookups) {
    all.push({ access: { kind: 'lookup', index, probe }, inOrder: false, rows, cost: rows + sorting, covers })
  }
  const scan: Access = { kind: 'scan' }
  all.push({
    access: scan,
    inOrder: false,
    rows: records,
    cost: 1 + records * scanCost + sorting,
    covers: coversNothing,
  })
  return { all, matches }
}

function measure(index: Index, { probe, covers }: Probing, records: number): Probing & { index: Index; rows: number } {
  return { index, probe, covers, rows: Math.min(records, index.estimate(probe)), single: false, narrows: true }
}

function idChoice({ facts, orderBy }: Question): Choice | undefined {
  const equal = facts.fields.get('id')?.equal
  if (equal === undefined) return undefined
  const ids = equal.filter((id) => typeof id === 'string').sort()
  const [first] = fullOrder(orderBy)
  const byId = first?.[0] === 'id' && first[1] === 'asc'
  return {
    access: ids.length === 0 ? { kind: 'empty' } : { kind: 'ids', ids },
    inOrder: byId || ids.length <= 1,
    rows: ids.length,
    cost: ids.length,
    covers: ({ field, operator }) => (field === 'id' && (operator === 'eq' || operator === 'in') ? 'wholly' : 'not'),
  }
}

function orderedChoice(index: Index, question: Question, matches: number): Choice | undefined {
  const { facts, entity, records, limit, after } = question
  const probing = probeOf(index, facts, entity)
  if (index.sorted === undefined || probing === undefined || !probing.single) return undefined
  const order = orderGiven(index, question)
  if (order === undefined) return undefined
  const whole = Math.min(records, index.estimate(probing.probe))
  const cursor = after === undefined ? undefined : boundsFromCursor(order, question, after)
  const probe = cursor === undefined ? probing.probe : (probeOf(index, facts, entity, cursor)?.probe ?? probing.probe)
  const rows = cursor === undefined ? whole : Math.min(records, index.estimate(probe))
  // One row more than the limit is looked for, to know whether there is a next page.
  const visited = limit === undefined ? rows : Math.min(rows, ((limit + 1) * whole) / Math.max(matches, 1))
  return {
    access: { kind: 'ordered', index, probe, direction: order.direction },
    inOrder: true,
    rows,
    cost: visited,
    covers: probing.covers,
  }
}

interface OrderGiven {
  readonly direction: Direction
  /** The field that the scan follows; `undefined` when only the ids are in order. */
  readonly field: string | undefined
}

/** How this index must be scanned so that rows come in the order asked for; `undefined` when it cannot be done. */
function orderGiven(index: Index, { facts, orderBy }: Question): OrderGiven | undefined {
  const isFixed = (field: string): boolean => facts.fields.get(field)?.equal?.length === 1
  const [first, second] = fullOrder(orderBy).filter(([field]) => !isFixed(field))
  if (first === undefined) return undefined
  const field = index.fields[index.shape.equal]
  // Within one value of the field, and one combination before it, ties are all there is: they come by id.
  if (field === undefined || isFixed(field)) {
    return first[0] === 'id' && first[1] === 'asc' ? { direction: 'asc', field: undefined } : undefined
  }
  // Items of a list are entries of their own in such an index: a record would come more than once.
  if (index.membership !== undefined && index.shape.equal === 0) return undefined
  if (first[0] !== field) return undefined
  const tiesById = second === undefined || (second[0] === 'id' && second[1] === 'asc')
  return tiesById ? { direction: first[1], field } : undefined
}

/** Where a scan may begin: nothing before the value that the last row held can come after it. */
function boundsFromCursor(
  { field, direction }: OrderGiven,
  { orderBy }: Question,
  after: Position,
): Bounds | undefined {
  if (field === undefined) return undefined
  const value = after.values[fullOrder(orderBy).findIndex(([name]) => name === field)]
  if (direction === 'asc') return value === undefined ? undefined : { from: { value, inclusive: true } }
  // Absence is below null and comes last when the order descends.
  return { to: value === undefined ? { value: null, inclusive: false } : { value, inclusive: true } }
}
