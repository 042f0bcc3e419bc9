// `npm run budgets`: lowers test/budgets.json to what the code needs today. It never raises a number: that is done by
// hand, where a reviewer sees it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/workspace.mjs'
import { type Budgets, budgetsPath, measure, tightened } from './budgets.ts'
import { readTree } from './tree.ts'

const path = join(root, budgetsPath)
const before: Budgets = JSON.parse(readFileSync(path, 'utf8'))
const after = tightened(before, measure(readTree(root)))
const lines = Object.entries(after.packages).map(([name, budget]) => `    ${JSON.stringify(name)}: ${spaced(budget)}`)
writeFileSync(path, `{\n  "longestFile": ${after.longestFile},\n  "packages": {\n${lines.join(',\n')}\n  }\n}\n`)
console.log(`${budgetsPath} is as tight as the code allows`)

function spaced(value: object): string {
  return JSON.stringify(value).replace(/[:,]/g, '$& ').replace('{', '{ ').replace('}', ' }')
}
