// `npm run reliability`: writes the counts of the last `npm test` and `npm run test:nightly` into RELIABILITY.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withMatrix } from '../../packages/stateward/test/planted/bugs.ts'
import { root } from '../../scripts/workspace.mjs'
import { countsIn, withTable } from './page.ts'
import { lastCountsPath } from './rig-report.ts'

const path = join(root, 'RELIABILITY.md')
const page = readFileSync(path, 'utf8')
const before = countsIn(page)
const counted = withTable(page, { every: last('every', before.every), nightly: last('nightly', before.nightly) })
writeFileSync(path, withMatrix(counted))
console.log('RELIABILITY.md holds the counts of the last run')

function last(scale: string, otherwise: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const from = lastCountsPath(scale)
  if (!existsSync(from)) return otherwise
  const counts: Readonly<Record<string, { readonly count: number }>> = JSON.parse(readFileSync(from, 'utf8')).counts
  return { ...otherwise, ...Object.fromEntries(Object.entries(counts).map(([id, { count }]) => [id, count])) }
}
