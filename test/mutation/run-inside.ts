import { readFileSync, writeSync } from 'node:fs'
import fc from 'fast-check'
import { runTest, type Suite, suiteOf } from './vitest-stand-in.ts'
import { watch } from './watch.ts'

/** A test, by the index of its look and by its own there. */
export interface TestId {
  readonly look: number
  readonly test: number
}

/** What a process of the bundle says, a line each. */
export type Said =
  /** Mutants that a look comes by when it is loaded. */
  | { readonly kind: 'loaded'; readonly look: number; readonly mutants: readonly number[] }
  | Ran
  /** The test that began last does not come to an end; nothing is said after that. */
  | { readonly kind: 'stuck'; readonly error: string }
  | { readonly kind: 'done' }

export interface Ran extends TestId {
  readonly kind: 'ran'
  readonly name: string
  readonly cpuMs: number
  /** The longest while for which nothing happened. */
  readonly idleMs: number
  /** Mutants that it came by. */
  readonly mutants: readonly number[]
  /** Why it failed. */
  readonly error?: string
}

/** What a process is to do; it is read from the file that MUTATION_PLAN names. */
export type Plan =
  /** These tests, until one fails. */
  | { readonly tests: readonly (TestId & { readonly limitMs: number })[] }
  /** All tests of these looks, whatever fails. */
  | { readonly looks: readonly number[] }

const noLimitMs = 600_000
const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`)
const cpuMs = (): number => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000

/** Runs the plan on looks that are loaded when they are needed, and says how it goes. */
export async function runInside(looks: readonly (() => Promise<unknown>)[]): Promise<void> {
  // Random histories are the same ones on every run, so that a mutant is noticed again by whom it was noticed before.
  fc.configureGlobal({ seed: 1 })
  const plan: Plan = JSON.parse(readFileSync(process.env.MUTATION_PLAN ?? '', 'utf8'))
  const passedMutants: Set<number> | undefined = Reflect.get(globalThis, 'passedMutants')
  const passed = (): number[] => {
    const mutants = [...(passedMutants ?? [])]
    passedMutants?.clear()
    return mutants
  }
  const watching = watch()
  // What waits for a timer that keeps no process alive waits here as it does in vitest.
  setInterval(() => {}, 1_000)
  let fail: (error: unknown) => void = () => {}
  const onLoose = (error: unknown): void => fail(error)
  process.on('uncaughtException', onLoose).on('unhandledRejection', onLoose)

  const run = async (suite: Suite, { look, test }: TestId, limitMs: number): Promise<boolean> => {
    const { name = '', body = () => {} } = suite.tests[test] ?? {}
    const before = cpuMs()
    watching.begin(limitMs)
    // What is thrown where nobody catches it is a failure of the test that runs at that time.
    const loose = new Promise<never>((_, reject) => {
      fail = reject
    })
    const error = await Promise.race([runTest(body), loose]).then(() => undefined, messageOf)
    const ran = {
      kind: 'ran',
      look,
      test,
      name,
      cpuMs: cpuMs() - before,
      idleMs: watching.idleMs(),
      mutants: passed(),
    } as const
    say(error === undefined ? ran : { ...ran, error })
    return error === undefined
  }

  const suites = new Map<number, Suite>()
  const loaded = async (look: number): Promise<Suite> => {
    const known = suites.get(look)
    if (known !== undefined) return known
    watching.begin(noLimitMs)
    const suite = await suiteOf(looks[look] ?? (async () => {}))
    for (const hook of suite.before) await hook()
    say({ kind: 'loaded', look, mutants: passed() })
    suites.set(look, suite)
    return suite
  }

  if ('looks' in plan) {
    for (const look of plan.looks) {
      const suite = await loaded(look)
      for (const test of suite.tests.keys()) await run(suite, { look, test }, noLimitMs)
      for (const hook of suite.after) await hook()
    }
  } else {
    for (const { limitMs, ...id } of plan.tests) if (!(await run(await loaded(id.look), id, limitMs))) process.exit(1)
  }
  say({ kind: 'done' })
}

function messageOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line === '' ? 'it fails' : line
}
