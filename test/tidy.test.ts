import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../packages/contract/src/error.ts'
import { root } from '../scripts/workspace.mjs'
import { type Budgets, budgetFindings, budgetsPath, measure } from './tidy/budgets.ts'
import { type Finding, textOf } from './tidy/finding.ts'
import { dependencyFindings, errorCodeFindings, readmeFindings, releaseFindings } from './tidy/package-rules.ts'
import { syntaxFindings } from './tidy/syntax-rules.ts'
import { textFindings } from './tidy/text-rules.ts'
import { readTree } from './tidy/tree.ts'

const files = readTree(root)
const budgets: Budgets = JSON.parse(readFileSync(join(root, budgetsPath), 'utf8'))

const expectNone = (findings: readonly Finding[]): void => expect(findings.map(textOf)).toEqual([])

describe('the project is tidy', () => {
  test('it looks at the files of every kind', () => {
    const paths = files.map(({ path }) => path)
    expect(paths).toContain('pnpm-lock.yaml')
    expect(paths).toContain('packages/contract/src/index.ts')
    expect(paths).toContain('test/tidy.test.ts')
    expect(paths.filter((path) => path.includes('node_modules/'))).toEqual([])
  })

  test('lengths, left-over markers, paths and hosts of one machine', () => expectNone(files.flatMap(textFindings)))

  test('no `any`, no test left out, no talking library', () => expectNone(files.flatMap(syntaxFindings)))

  test('every package has a README with all its parts', () => expectNone(readmeFindings(files)))

  test('every package is released or about to be', () => expectNone(releaseFindings(files)))

  test('every package declares what it imports', () => expectNone(dependencyFindings(files)))

  test('every error code is explained in docs/errors.md', () =>
    expectNone(errorCodeFindings(Object.keys(errorCodes), files)))

  test('budgets only shrink', () => expectNone(budgetFindings(budgets, measure(files))))
})
