import { invalid } from './check.ts'
import { describe } from './frozen-json.ts'

/** A bound that an option gives: a whole number from 1; `INVALID` else. */
export function bounded(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw invalid(`expected ${name} to be a whole number from 1, found ${describe(value)}`)
}
