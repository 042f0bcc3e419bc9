/** What a suite needs of a test runner: vitest, node:test, mocha, jest and others have it. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: (context: unknown) => Promise<void>): unknown
}

export interface SuiteOptions extends Partial<Runner> {
  /** How long a case may take before whatever it waits for counts as never settling, in milliseconds. Default 30 000. */
  readonly patienceMs?: number
}

/** The runner that was given, or the one whose `describe` and `it` are global. Throws an `Error` when there is neither. */
export function runnerOf(options: SuiteOptions): Runner {
  const describe = options.describe ?? globalOf('describe')
  const it = options.it ?? globalOf('it')
  if (describe === undefined || it === undefined) {
    throw new Error(
      'a suite needs the "describe" and "it" of a test runner, and neither an option nor a global of that name was found: give { describe, it }',
    )
  }
  return { describe, it }
}

/** Tells the runner that the case was left out, in the way that node:test and vitest know. */
export function reportSkipped(context: unknown, reason: string): void {
  if (typeof context !== 'object' || context === null || !('skip' in context)) return
  if (typeof context.skip === 'function') context.skip(reason)
}

function globalOf(name: 'describe' | 'it'): (Runner['describe'] & Runner['it']) | undefined {
  const found: unknown = Reflect.get(globalThis, name)
  // A global of a test runner has no type that could be known here.
  return typeof found === 'function' ? (found as Runner['describe'] & Runner['it']) : undefined
}
