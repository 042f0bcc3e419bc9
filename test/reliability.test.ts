import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../scripts/workspace.mjs'
import type { Claim } from './reliability/claim.ts'
import { claims } from './reliability/claims.ts'
import { addedUp, countsTable } from './reliability/counts-table.ts'
import { countsIn, withTable } from './reliability/page.ts'
import { replayOf } from './reliability/replay.ts'

const page = readFileSync(join(root, 'RELIABILITY.md'), 'utf8')

/** The ids of the rigs in each file of tests, from the root. */
const rigsByFile = new Map(
  readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name.includes('/test/') && !name.includes('node_modules'))
    .map((name) => join('packages', name))
    .map((path) => [path, rigsIn(readFileSync(join(root, path), 'utf8'))] as const)
    .filter(([, ids]) => ids.length > 0),
)

function rigsIn(text: string): readonly string[] {
  return [...text.matchAll(/\brig\(\s*'([\w-]+)'/g)].map(([, id = '']) => id)
}

describe('RELIABILITY.md', () => {
  test('holds the table of the claims, with the counts of some run (`npm run reliability` writes it)', () => {
    expect(page).toBe(withTable(page, countsIn(page)))
  })

  test('has a row for every claim and keeps its counts when it is written again', () => {
    const counts = { every: { crash: 123_456 }, nightly: { crash: 5_000_001 } }
    const written = withTable(page, counts)
    for (const id of Object.keys(claims)) expect(written).toContain(`| \`${id}\` |`)
    expect(written).toContain('123 456 |')
    expect(countsIn(written)).toEqual(counts)
  })

  test.each(['README.md', 'CONTRIBUTING.md'])('is linked from %s', (document) => {
    expect(readFileSync(join(root, document), 'utf8')).toContain('(RELIABILITY.md)')
  })
})

describe('claims and rigs', () => {
  test('every claim is run by the files it names, and by no other', () => {
    const found = new Map<string, string[]>()
    for (const [path, ids] of rigsByFile) for (const id of ids) found.set(id, [...(found.get(id) ?? []), path])
    const claimed = Object.entries<Claim>(claims).map(([id, { files }]) => [id, [...files].sort()] as const)
    expect(Object.fromEntries([...found].map(([id, paths]) => [id, paths.sort()]))).toEqual(Object.fromEntries(claimed))
  })

  test('a rig is found where it stands', () => {
    expect(rigsIn("rig('one', body)\n  rig(\n    'two-three', body)\nbrig('no')")).toEqual(['one', 'two-three'])
  })
})

describe('the counts', () => {
  const end = (count: number, state: 'passed' | 'failed' | 'skipped') =>
    ({ id: 'crash', count, seed: 1, notes: [], ms: 1_500, state }) as const

  test('of several files add up, and one that failed makes the whole fail', () => {
    expect(addedUp([end(1_000, 'passed'), end(234, 'passed')]).get('crash')).toEqual({
      count: 1_234,
      ms: 3_000,
      state: 'passed',
    })
    expect(addedUp([end(1, 'failed'), end(1, 'passed')]).get('crash')?.state).toBe('failed')
  })

  test('are printed with what was counted', () => {
    expect(countsTable(addedUp([end(1_234, 'passed')])).join('\n')).toMatch(
      /crash {2}1 234 recoveries {2}1\.5 s {2}passed\n {2}all of it: 1\.5 s/,
    )
  })

  test('are replayed by a command that names file and rig', () => {
    expect(replayOf('crash', 'packages/storage-jsonl/test/simulated/crash.test.ts')).toBe(
      'npx vitest run packages/storage-jsonl/test/simulated/crash.test.ts -t crash',
    )
  })
})
