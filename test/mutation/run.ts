// `npm run mutation -- --count 100 --seed 1 --files line,scan --least 85`: makes small changes of the storage and recovery
// code and counts how many of them the tests notice. The survivors are printed, for a person to judge.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/workspace.mjs'
import { allLooks } from './looks.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { placeOf, report, scoreOf, type Tried } from './score.ts'
import { subjects } from './subjects.ts'
import { type Trials, trials } from './trial.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '300' },
    files: { type: 'string', default: '' },
    least: { type: 'string', default: '0' },
    lanes: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '600' },
  },
})

const limitSeconds = 240

/** The first mutants of a shuffled order that the seed gives: a larger count looks at the same ones and at more. */
function sample(mutants: readonly Mutant[], seed: number, count: number): Mutant[] {
  const keyed = mutants.map((mutant, index) => ({ mutant, key: scrambled(index, seed) }))
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

/** The finalizer of MurmurHash3, by Austin Appleby. */
function scrambled(index: number, seed: number): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ index
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

async function main(): Promise<void> {
  const names = values.files.split(',').filter((name) => name !== '')
  const all = subjects(root, names).flatMap(mutantsOf)
  const chosen = sample(all, Number(values.seed), Number(values.count))
  const end = Date.now() + Number(values.minutes) * 60_000
  console.log(`${chosen.length} of ${all.length} mutants, seed ${values.seed}`)
  // The first of all is the source as it is: what fails there says nothing about mutants.
  const waiting = [undefined, ...chosen]
  const tried: Tried[] = []
  const lanes = Array.from({ length: Number(values.lanes) }, () => lane(waiting, tried, end))
  await Promise.all(lanes)
  console.log(report(tried))
  process.exitCode = scoreOf(tried) < Number(values.least) ? 1 : 0
}

async function lane(waiting: (Mutant | undefined)[], tried: Tried[], end: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'))
  const own: Trials = await trials({ root, looks: allLooks(root), folder, limitSeconds })
  while (waiting.length > 0 && Date.now() < end) {
    const mutant = waiting.shift()
    const verdict = await own.run(mutant)
    if (mutant === undefined) {
      if (verdict !== undefined) throw new Error(`the source without a mutant fails: ${verdict}`)
      continue
    }
    tried.push({ mutant, verdict })
    console.log(`${tried.length} ${placeOf(mutant)}\n    ${verdict ?? 'SURVIVES'}`)
  }
  await own.dispose()
  rmSync(folder, { recursive: true, force: true })
}

await main()
