import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { type Mutant, mutantsOf } from './mutation/mutants.ts'
import { planted } from './mutation/planted.ts'
import { scoreOf } from './mutation/score.ts'

const source = `
export const result = (list: readonly number[], most?: number): string => {
  const said: string[] = []
  const limit = most ?? 2
  for (const [index, one] of list.entries()) {
    if (index >= limit && !said.includes('end')) {
      said.push('end')
      break
    }
    said.push(String(one + 1))
  }
  'x' in {} || said.push('')
  return said.join('-')
}
`

/** What the source says with this mutant alive, or with none. */
function said(mutants: readonly Mutant[], living: number): string {
  const numbered = mutants.map((mutant, number) => ({ mutant, number }))
  const { code } = transformSync(planted(source, numbered), { loader: 'ts', format: 'cjs' })
  const module = { exports: {} as { result?: (list: number[]) => string } }
  new Function('module', 'exports', 'mutantAt', code)(module, module.exports, (number: number) => number === living)
  return String(module.exports.result?.([1, 2, 3]))
}

describe('mutants of a file', () => {
  const mutants = mutantsOf({ path: 'source.ts', text: source })

  test('are planted all at once, and none of them lives unless it is asked to', () => {
    expect(said(mutants, -1)).toBe('2-3-end-')
    expect(said([], -1)).toBe('2-3-end-')
  })

  test('live one at a time, each as if it were written there', () => {
    for (const [number, { start, end, becomes }] of mutants.entries()) {
      const written = `${source.slice(0, start)}${becomes === ';' ? ';' : `(${becomes})`}${source.slice(end)}`
      const { code } = transformSync(written, { loader: 'ts', format: 'cjs' })
      const module = { exports: {} as { result?: (list: number[]) => string } }
      new Function('module', 'exports', code)(module, module.exports)
      expect(said(mutants, number)).toBe(module.exports.result?.([1, 2, 3]))
    }
    expect(new Set(mutants.map((_, number) => said(mutants, number))).size).toBeGreaterThan(8)
  })
})

test('the score leaves out what means the same, and says how sure it is', () => {
  const [mutant] = mutantsOf({ path: 'source.ts', text: source })
  if (mutant === undefined) throw new Error('the source has mutants')
  const tried = Array.from({ length: 110 }, (_, at) => ({
    mutant,
    noticed: at < 90 ? 'by a test' : undefined,
    ...(at >= 100 ? { equivalent: 'it means the same' } : {}),
  }))
  const score = scoreOf(tried)
  expect(score).toMatchObject({ noticed: 90, of: 100, equivalent: 10, percent: 90 })
  // As the formula of Wilson has it for 90 of 100.
  expect(score.from).toBeCloseTo(82.56, 1)
  expect(score.to).toBeCloseTo(94.48, 1)
})
