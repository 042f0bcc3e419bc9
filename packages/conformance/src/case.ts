import { AssertionError } from 'node:assert/strict'
import { reportSkipped, runnerOf, type SuiteOptions } from './runner.ts'
import { within } from './within.ts'

/** One promise of the contract, and the code that looks whether it is kept. */
export interface Case<Open> {
  /** The promise, in words. */
  readonly name: string
  /**
   * Opens what it needs, looks, and gives everything back. Rejects with an `AssertionError` that names the promise when
   * it is broken. `skipped`: what was opened has no means to look (`reopen` or `twin` is absent), or
   * lacks the optional part of the contract that the case is about.
   */
  run(open: Open, options?: SuiteOptions): Promise<'passed' | 'skipped'>
}

/** What the body of a case gets: `close` gives back all that the body has opened. */
export interface Bench {
  readonly subject: string
  close(): Promise<void>
}

/** Thrown by a bench that has no means to look. */
export class CaseSkipped extends Error {}

const defaultPatienceMs = 30_000

/** Makes a case of a body and of how its bench is set up. */
export function caseOf<Open, B extends Bench>(
  contract: string,
  name: string,
  setUp: (open: Open) => Promise<B>,
  body: (bench: B) => Promise<void>,
): Case<Open> {
  return {
    name,
    async run(open, options = {}) {
      const patienceMs = options.patienceMs ?? defaultPatienceMs
      const bench = await setUp(open)
      const closing = (): Promise<void> => within(patienceMs, 'giving everything back', bench.close())
      try {
        await within(patienceMs, 'what the case waits for', body(bench))
      } catch (error) {
        // What went wrong first is what matters; closing after it may well fail too.
        await closing().catch(() => undefined)
        if (error instanceof CaseSkipped) return 'skipped'
        throw broken(`${bench.subject} breaks a promise of the ${contract} contract: "${name}"`, error)
      }
      await closing()
      return 'passed'
    },
  }
}

/** Registers every case with the runner, under one `describe`. */
export function runCases<Open>(name: string, cases: readonly Case<Open>[], open: Open, options: SuiteOptions): void {
  const { describe, it } = runnerOf(options)
  describe(name, () => {
    for (const one of cases) {
      it(one.name, async (context) => {
        if ((await one.run(open, options)) === 'skipped')
          reportSkipped(context, 'an optional part of the contract, reopen or twin, that it looks at is not there')
      })
    }
  })
}

function broken(promise: string, error: unknown): Error {
  const found = error instanceof Error ? error.message : String(error)
  const message = `${promise}: ${found}`
  if (!(error instanceof AssertionError)) return new Error(message, { cause: error })
  const { actual, expected, operator } = error
  const told = new AssertionError({ message, actual, expected, operator })
  told.cause = error
  return told
}
