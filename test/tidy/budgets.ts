import type { Finding } from './finding.ts'
import { isNode, type Node, syntaxOf } from './syntax.ts'
import { isCode, isScript, lineCount, packageOf, type TextFile } from './tree.ts'

/** What there is too much of. Lines for `longestFile`, which is one number for all; counts per package for the rest. */
export interface Budgets {
  readonly longestFile: number
  readonly packages: Readonly<Record<string, PackageBudget>>
}

/** In `src/`: `as` (but for `as const`), `!`, functions of more than 50 lines; in the whole package: rules of the linter switched off. */
export interface PackageBudget {
  readonly casts: number
  readonly nonNull: number
  readonly longFunctions: number
  readonly lintIgnores: number
}

const none: PackageBudget = { casts: 0, nonNull: 0, longFunctions: 0, lintIgnores: 0 }
const functionLines = 50

// Below the budget by this much is no reason to fail yet: nobody likes to be stopped for having tidied up.
const slack = { longestFile: 30, count: 3 }

export const budgetsPath = 'test/budgets.json'

export function measure(files: readonly TextFile[]): Budgets {
  const packages: Record<string, PackageBudget> = {}
  for (const file of files.filter(isScript)) {
    const name = packageOf(file.path)
    packages[name] = sum(packages[name] ?? none, countsOf(file))
  }
  return { longestFile: Math.max(0, ...files.filter(isCode).map(({ text }) => lineCount(text))), packages }
}

function countsOf(file: TextFile): PackageBudget {
  const { nodes, comments } = syntaxOf(file)
  const lintIgnores = comments.filter(({ value }) => value.includes('biome-ignore')).length
  if (!/(^|\/)src\//.test(file.path)) return { ...none, lintIgnores }
  const count = (wanted: (node: Node) => boolean): number => nodes.filter(wanted).length
  const isLong = ({ type, start, end }: Node): boolean =>
    /Function/.test(type) && !type.startsWith('TS') && lineCount(file.text.slice(start, end)) > functionLines
  return {
    casts: count(isCast),
    nonNull: count((n) => n.type === 'TSNonNullExpression'),
    longFunctions: count(isLong),
    lintIgnores,
  }
}

function isCast({ type, typeAnnotation }: Node): boolean {
  if (type !== 'TSAsExpression' && type !== 'TSTypeAssertion') return false
  const name = isNode(typeAnnotation) && isNode(typeAnnotation.typeName) ? typeAnnotation.typeName.name : undefined
  return name !== 'const'
}

const sum = (a: PackageBudget, b: PackageBudget): PackageBudget => ({
  casts: a.casts + b.casts,
  nonNull: a.nonNull + b.nonNull,
  longFunctions: a.longFunctions + b.longFunctions,
  lintIgnores: a.lintIgnores + b.lintIgnores,
})

/** Fails what got worse, and what got so much better that the budget should follow. */
export function budgetFindings(budgets: Budgets, found: Budgets): readonly Finding[] {
  const say = (message: string): Finding => ({ path: budgetsPath, line: 0, message })
  const compare = (what: string, allowed: number, actual: number, spare: number): Finding[] => {
    if (actual > allowed) return [say(`${what}: ${actual}, the budget is ${allowed}, and budgets only shrink`)]
    if (allowed - actual > spare)
      return [say(`${what}: only ${actual} of ${allowed}, well done: run \`npm run budgets\``)]
    return []
  }
  const names = new Set([...Object.keys(found.packages), ...Object.keys(budgets.packages)])
  const perPackage = [...names].sort().flatMap((name) => {
    const allowed = budgets.packages[name] ?? none
    const actual = found.packages[name]
    if (actual === undefined) return [say(`${name} is no package: run \`npm run budgets\``)]
    return kinds.flatMap((kind) => compare(`${kind} in ${name}`, allowed[kind], actual[kind], slack.count))
  })
  return [...compare('longestFile', budgets.longestFile, found.longestFile, slack.longestFile), ...perPackage]
}

const kinds = ['casts', 'nonNull', 'longFunctions', 'lintIgnores'] as const

/** The smaller of both everywhere; a package without a budget yet gets what it needs today, one that is gone none. */
export function tightened(budgets: Budgets, found: Budgets): Budgets {
  const packages: Record<string, PackageBudget> = {}
  for (const name of Object.keys(found.packages).sort()) {
    const actual = found.packages[name] ?? none
    const allowed = budgets.packages[name] ?? actual
    packages[name] = {
      casts: Math.min(allowed.casts, actual.casts),
      nonNull: Math.min(allowed.nonNull, actual.nonNull),
      longFunctions: Math.min(allowed.longFunctions, actual.longFunctions),
      lintIgnores: Math.min(allowed.lintIgnores, actual.lintIgnores),
    }
  }
  return { longestFile: Math.min(budgets.longestFile, found.longestFile), packages }
}
