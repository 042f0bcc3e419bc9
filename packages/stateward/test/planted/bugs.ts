import type { Bug } from './bug.ts'
import { bugsOfCommits } from './bugs-of-commits.ts'
import { bugsOfQueries } from './bugs-of-queries.ts'
import { bugsOfRecovery } from './bugs-of-recovery.ts'
import { bugsOfStores } from './bugs-of-stores.ts'
import { bugsOfUpkeep } from './bugs-of-upkeep.ts'
import { type Layer, layers } from './layers.ts'

export const bugs: readonly Bug[] = [
  ...bugsOfCommits,
  ...bugsOfRecovery,
  ...bugsOfUpkeep,
  ...bugsOfQueries,
  ...bugsOfStores,
]

const start = '<!-- bugs: written by `npm run reliability` -->\n'
const end = '<!-- /bugs -->'

/** A page with the matrix of bugs and layers between its marks as these bugs have it. */
export function withMatrix(page: string): string {
  const [before, rest = ''] = page.split(start)
  const [, after = ''] = rest.split(end)
  return `${before}${start}${matrix()}${end}${after}`
}

function matrix(): string {
  const rows = bugs.map(({ name, like, foundBy }) => {
    const cells = layers.map((layer) => (foundBy.includes(layer) ? 'found' : ''))
    return `| ${[name, like ?? '', ...cells].join(' | ')} |\n`
  })
  const columns: readonly (Layer | string)[] = ['the store', 'as', ...layers]
  return `| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}\n${rows.join('')}`
}
