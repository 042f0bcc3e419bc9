import { type Entity, type JsonValue, limits, type Operators, type Where } from '@stateward/contract'
import { checkField } from './check-field.ts'
import { checkOperators } from './check-operators.ts'
import { type Counts, checkValue } from './check-value.ts'
import { isPlainObject } from './plain-object.ts'
import { invalid, shown, tooLarge } from './refusal.ts'

/** A copy of a filter that is known to be right. Throws as `checkQuery` does. */
export function checkWhere(where: unknown, entity: Entity, path: string): Where {
  return checkLevel(where, { entity, counts: { nodes: 0, values: 0 } }, path, 1)
}

interface Walk {
  readonly entity: Entity
  readonly counts: Counts
}

function checkLevel(where: unknown, walk: Walk, path: string, depth: number): Where {
  if (depth > limits.filterDepth) {
    throw tooLarge(`${path}: a filter nests at most ${limits.filterDepth} levels, this one more (or in a circle)`, {
      limit: limits.filterDepth,
    })
  }
  if (!isPlainObject(where)) {
    throw invalid(`${path}: expected a filter such as { field: value }, found ${shown(where)}`, { path })
  }
  const copy: Record<string, Operators | JsonValue | readonly Where[] | Where> = {}
  for (const key of Object.keys(where)) {
    const value = where[key]
    const at = `${path}.${key}`
    countNode(walk.counts, path)
    if (key === 'and' || key === 'or') copy[key] = checkList(value, walk, at, depth + 1)
    else if (key === 'not') copy[key] = checkLevel(value, walk, at, depth + 1)
    else copy[checkField(key, walk.entity, at)] = checkCondition(key, value, walk, at)
  }
  return copy
}

function checkList(list: unknown, walk: Walk, path: string, depth: number): readonly Where[] {
  if (!Array.isArray(list)) throw invalid(`${path}: expected a list of filters, found ${shown(list)}`, { path })
  if (list.length > limits.filterNodes) countNode(walk.counts, path, list.length)
  return Array.from(list, (item: unknown, at) => {
    countNode(walk.counts, path)
    return checkLevel(item, walk, `${path}[${at}]`, depth)
  })
}

function checkCondition(field: string, value: unknown, walk: Walk, path: string): Operators | JsonValue {
  if (isPlainObject(value)) {
    countNode(walk.counts, path, Object.keys(value).length)
    return checkOperators(value, { field, entity: walk.entity, path, counts: walk.counts })
  }
  if (Array.isArray(value)) {
    throw invalid(
      `${path}: expected a value or operators, found ${shown(value)}; write { in: […] } for any of these, { eq: […] } for this very list`,
      { path },
    )
  }
  return checkValue(value, path, walk.counts)
}

function countNode(counts: Counts, path: string, more = 1): void {
  counts.nodes += more
  if (counts.nodes > limits.filterNodes) {
    throw tooLarge(
      `${path}: a filter holds at most ${limits.filterNodes} conditions, this one holds at least ${counts.nodes}; ask in several queries, or by { in: […] }`,
      { limit: limits.filterNodes },
    )
  }
}
