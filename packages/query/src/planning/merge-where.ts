import type { Where } from '@stateward/contract'

/** One filter that holds when both do, written without `and` where no key is in both. */
export function andWhere(left: Where | undefined, right: Where): Where {
  if (left === undefined || Object.keys(left).length === 0) return right
  const keys = Object.keys(right)
  if (!keys.some((key) => Object.hasOwn(left, key))) return { ...left, ...right }
  const onlyAnd = left.and !== undefined && Object.keys(left).length === 1
  return { and: [...(onlyAnd ? (left.and ?? []) : [left]), right] }
}
