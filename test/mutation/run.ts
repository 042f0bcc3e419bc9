// `npm run mutation -- --count 200 --seed 1`: makes small changes of the storage and recovery code, and counts how many
// of them the tests notice. Survivors are printed, for a person to judge; those that nobody could notice stand in
// equivalents.ts. Fails below 85 %. `--files line,scan` looks at some files, and `--page` writes RELIABILITY.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/workspace.mjs'
import { bundle } from './bundle.ts'
import { equivalentOf, strangers } from './equivalents.ts'
import { allLooks } from './looks.ts'
import { mutantsOf } from './mutants.ts'
import { withScore } from './page.ts'
import type { Numbered } from './planted.ts'
import { remembered } from './remembered.ts'
import { nameOf, sample } from './sample.ts'
import { placeOf, report, scoreOf, type Tried } from './score.ts'
import { subjects } from './subjects.ts'
import { type Survey, type Surveyed, survey } from './survey.ts'
import { idOf, trial } from './trial.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    files: { type: 'string', default: '' },
    seconds: { type: 'string', default: '8' },
    doubt: { type: 'boolean', default: false },
    least: { type: 'string', default: '85' },
    page: { type: 'boolean', default: false },
  },
})

const looks = allLooks(root)
const folder = mkdtempSync(join(tmpdir(), 'mutation-'))
const place = { bundlePath: join(folder, 'mutants.mjs'), folder, looks }
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

async function main(): Promise<void> {
  const files = subjects(
    root,
    values.files.split(',').filter((name) => name !== ''),
  )
  const all = files.flatMap(mutantsOf)
  const chosen = sample(all, Number(values.seed), Number(values.count)).map((mutant, number) => ({ mutant, number }))
  for (const { path, line, was } of strangers(files)) console.log(`judged, but not there: ${path}: ${line}: ${was}`)
  console.log(`${chosen.length} of ${all.length} changes, seed ${values.seed}`)
  writeFileSync(place.bundlePath, await bundle(root, looks, chosen))
  const surveyed = await survey({ ...place, root, mutants: chosen })
  const cpuMs = surveyed.tests.reduce((sum, test) => sum + test.cpuMs, 0)
  console.log(`${surveyed.tests.length} tests of ${Math.round(cpuMs / 1000)} s of processor time look at them`)
  for (const test of surveyed.leftOut) console.log(`left out: ${idOf(looks, test)}: ${test.error ?? 'it waits'}`)
  const tried = await tryAll(chosen, surveyed)
  console.log(report(tried))
  const page = join(root, 'RELIABILITY.md')
  if (values.page) writeFileSync(page, withScore(readFileSync(page, 'utf8'), tried, all.length, values.seed))
  if (scoreOf(tried).percent < Number(values.least)) {
    console.log(`that is less than ${values.least} %`)
    process.exitCode = 1
  }
}

/** That a test noticed a mutant, and the look, with all that it looks at, as it was then. */
interface Noticed {
  readonly noticed: string
  readonly by: string
  readonly of: string
}

async function tryAll(chosen: readonly Numbered[], surveyed: Survey): Promise<Tried[]> {
  const memory = remembered<Noticed>(join(root, 'node_modules', '.stateward-mutation.json'))
  const tried: Tried[] = []
  for (const { mutant, number } of chosen) {
    const name = nameOf(mutant)
    const equivalent = equivalentOf(mutant)?.why
    const tests = equivalent === undefined || values.doubt ? surveyed.passing(number) : []
    const former = memory.get(name)
    const first = tests.find((test) => idOf(looks, test) === former?.by)
    const look = looks[first?.look ?? -1]
    const isSame = look !== undefined && surveyed.of(look) === former?.of
    const verdict = isSame ? { noticed: former?.noticed } : await trial(place, planOf(tests, first), number)
    const by = looks[verdict.by?.look ?? -1]
    if (verdict.noticed !== undefined && verdict.by !== undefined && by !== undefined)
      memory.set(name, { noticed: verdict.noticed, by: idOf(looks, verdict.by), of: surveyed.of(by) })
    tried.push({ ...verdict, mutant, ...(equivalent === undefined ? {} : { equivalent }) })
    const said = verdict.noticed ?? equivalent ?? `SURVIVES ${tests.length} tests, in: ${mutant.lineText}`
    console.log(`${tried.length} ${placeOf(mutant)}\n    ${said.slice(0, 250)}`)
  }
  return tried
}

/** The test that noticed the mutant on an earlier run, and then the quickest ones, as many as there is time for. */
function planOf(tests: readonly Surveyed[], first: Surveyed | undefined): Surveyed[] {
  const planned = first === undefined ? [] : [first]
  let cpuMs = 0
  for (const test of tests) {
    cpuMs += test.cpuMs
    if (cpuMs > Number(values.seconds) * 1000) break
    if (test !== first) planned.push(test)
  }
  return planned
}

await main()
