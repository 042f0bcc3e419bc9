import { type AggregateAsk, checkField, checkMeasures, type RowsMeasured } from '@stateward/query'
import type { QueryGround } from './query-ground.ts'

/** What is asked to be measured, checked. Throws what `checkMeasures` and `checkField` throw. */
export function measuresWanted({ entity }: QueryGround, { by, measures }: AggregateAsk): RowsMeasured {
  const checked = checkMeasures(measures, entity)
  if (by !== undefined) checkField(by, entity, 'by')
  return { measures: checked, by, entity }
}

/** The name of the one measure, where that is how many there are of all: an index may know it alone. */
export function onlyCount({ by, measures }: RowsMeasured): string | undefined {
  const [only] = measures
  return by === undefined && only?.kind === 'count' && measures.length === 1 ? only.name : undefined
}
