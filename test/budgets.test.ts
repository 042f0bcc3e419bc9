import { describe, expect, test } from 'vitest'
import { type Budgets, budgetFindings, measure, tightened } from './tidy/budgets.ts'
import type { TextFile } from './tidy/tree.ts'

const zero = { casts: 0, nonNull: 0, longFunctions: 0, lintIgnores: 0 }
const budgets = (longestFile: number, core: Partial<typeof zero>): Budgets => ({
  longestFile,
  packages: { 'packages/core': { ...zero, ...core } },
})
const messages = (allowed: Budgets, found: Budgets): readonly string[] =>
  budgetFindings(allowed, found).map(({ message }) => message)

describe('measuring', () => {
  const file = (path: string, ...lines: readonly string[]): TextFile => ({ path, text: `${lines.join('\n')}\n` })
  const of = (...lines: readonly string[]): object | undefined =>
    measure([file('packages/core/src/a.ts', ...lines)]).packages['packages/core']

  test('casts, but not `as const`', () => {
    expect(of('export const a = {} as object', 'export const b = [1] as const', '// as is')).toEqual({
      ...zero,
      casts: 1,
    })
  })

  test('non-null assertions', () =>
    expect(of('export const a = (b: string | null) => b!.length')).toEqual({ ...zero, nonNull: 1 }))

  test('functions of more than 50 lines', () => {
    const body = (count: number): string[] => Array.from({ length: count }, () => '  go()')
    expect(of('export function a(): void {', ...body(48), '}')).toEqual(zero)
    expect(of('export function a(): void {', ...body(49), '}')).toEqual({ ...zero, longFunctions: 1 })
    expect(of('export const a = (): void => {', ...body(49), '}')).toEqual({ ...zero, longFunctions: 1 })
  })

  test('linter rules switched off, in tests too; the rest counts in src/ only', () => {
    const test = file('packages/core/test/a.test.ts', '// biome-ignore lint/x: why', 'export const a = {} as object')
    expect(measure([test]).packages).toEqual({ 'packages/core': { ...zero, lintIgnores: 1 } })
  })

  test('the longest file of code, whoever owns it', () =>
    expect(
      measure([file('a.ts', '', '', ''), file('packages/core/src/a.ts', ''), file('b.md', '', '', '', '')]).longestFile,
    ).toBe(3))
})

describe('comparing', () => {
  test('as allowed', () => expect(messages(budgets(100, { casts: 5 }), budgets(100, { casts: 5 }))).toEqual([]))

  test('a little better is nobody’s trouble', () =>
    expect(messages(budgets(100, { casts: 5 }), budgets(70, { casts: 2 }))).toEqual([]))

  test('worse', () =>
    expect(messages(budgets(100, { casts: 5 }), budgets(101, { casts: 6 }))).toEqual([
      'longestFile: 101, the budget is 100, and budgets only shrink',
      'casts in packages/core: 6, the budget is 5, and budgets only shrink',
    ]))

  test('so much better that the budget must follow', () =>
    expect(messages(budgets(100, { nonNull: 5 }), budgets(69, { nonNull: 1 }))).toEqual([
      'longestFile: only 69 of 100, well done: run `npm run budgets`',
      'nonNull in packages/core: only 1 of 5, well done: run `npm run budgets`',
    ]))

  test('a package without a budget has none to spend', () =>
    expect(messages({ longestFile: 9, packages: {} }, budgets(9, { lintIgnores: 1 }))).toEqual([
      'lintIgnores in packages/core: 1, the budget is 0, and budgets only shrink',
    ]))

  test('a budget without a package', () =>
    expect(messages(budgets(9, {}), { longestFile: 9, packages: {} })).toEqual([
      'packages/core is no package: run `npm run budgets`',
    ]))
})

test('tightening lowers, never raises, gives a new package what it needs and forgets one that is gone', () => {
  const before: Budgets = { longestFile: 50, packages: { old: zero, core: { ...zero, casts: 5, nonNull: 1 } } }
  const found: Budgets = {
    longestFile: 60,
    packages: { core: { ...zero, casts: 3, nonNull: 2 }, fresh: { ...zero, casts: 7 } },
  }
  expect(tightened(before, found)).toEqual({
    longestFile: 50,
    packages: { core: { ...zero, casts: 3, nonNull: 1 }, fresh: { ...zero, casts: 7 } },
  })
})
