import { expect, test } from 'vitest'
import { classifyTail } from '../src/scanning/classify.ts'
import type { FirstBad } from '../src/scanning/scan.ts'

const bad = (hasLineFeed: boolean, hasZeroSector: boolean): FirstBad => ({
  byte: 100,
  reason: 'it does not hold',
  hasLineFeed,
  hasZeroSector,
})

/** The last good commit is the fifth. */
test.each<[evidence: string, firstBad: FirstBad | undefined, provenBehind: number, known: number, verdict: string]>([
  ['nothing behind it', undefined, -1, 0, 'whole'],
  ['nothing behind it, and all of it is known', undefined, -1, 5, 'whole'],
  ['nothing behind it, where more was known', undefined, -1, 6, 'corrupt'],
  ['a line without its end', bad(false, false), -1, 0, 'torn'],
  ['a line with a sector that was never written', bad(true, true), -1, 5, 'torn'],
  ['a line without its end, and such a sector', bad(false, true), -1, 5, 'torn'],
  ['a line that ends and does not hold', bad(true, false), -1, 0, 'corrupt'],
  ['a line without its end, where more was known', bad(false, false), -1, 6, 'corrupt'],
  ['a line behind it that proves what holds', bad(false, true), 5, 0, 'torn'],
  ['a line behind it that proves what does not', bad(false, true), 6, 0, 'corrupt'],
])('the end of a log: %s', (_evidence, firstBad, provenBehind, known, verdict) => {
  expect(classifyTail({ firstBad, provenBehind, lastSeq: 5 }, known)).toBe(verdict)
})
