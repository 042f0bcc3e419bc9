import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect'

/** What stands for `vitest` in a bundle of tests: it keeps the tests, and runs them until the first one fails. */
type Body = (...values: readonly unknown[]) => unknown

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

const matchers: object = Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT)

export const expect: object = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  matchers,
  { poll },
)

const extendable = chai.expect as unknown as { extend(target: object, matchers: object): void }
extendable.extend(expect, customMatchers)

type Matchers = Readonly<Record<string, (...expected: readonly unknown[]) => void>>

/** Holds a value against what is expected until it fits, for at most a second. */
function poll(value: () => unknown): Matchers {
  const attempt = async (name: string, expected: readonly unknown[], left: number): Promise<void> => {
    try {
      const matcher = chai.expect(await value()) as unknown as Matchers
      matcher[name]?.(...expected)
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
      await attempt(name, expected, left - 1)
    }
  }
  return new Proxy(
    {},
    {
      get:
        (_, name: string) =>
        (...expected: unknown[]) =>
          attempt(name, expected, 100),
    },
  )
}

const waiting: { readonly name: string; readonly body: () => unknown }[] = []
const hooks = { before: [] as Body[], after: [] as Body[], finished: [] as Body[] }
const context = { task: { meta: {}, file: { name: 'mutation' } }, skip: (): void => {}, onTestFinished }

function add(name: string, ...rest: readonly unknown[]): void {
  const body = rest.find((one) => typeof one === 'function') as Body | undefined
  if (body !== undefined) waiting.push({ name, body: () => body(context) })
}

const each =
  (rows: readonly unknown[]) =>
  (name: string, ...rest: readonly unknown[]) => {
    const body = rest.find((one) => typeof one === 'function') as Body
    for (const row of rows) waiting.push({ name, body: () => (Array.isArray(row) ? body(...row) : body(row)) })
  }
const leave = (): void => {}

export const test: object = Object.assign(add, {
  each,
  skipIf: (isSkipped: boolean) => (isSkipped ? leave : add),
  runIf: (isRun: boolean) => (isRun ? add : leave),
})
export const describe: object = Object.assign((_name: string, body: Body) => body(), {
  each: (rows: readonly unknown[]) => (_name: string, body: Body) => {
    for (const row of rows) Array.isArray(row) ? body(...row) : body(row)
  },
})
export const beforeAll = (body: Body): void => void hooks.before.push(body)
export const afterAll = (body: Body): void => void hooks.after.push(body)
export function onTestFinished(body: Body): void {
  hooks.finished.push(body)
}

/** Runs what has been registered since the last call, in order. Rejects with the first failure, whose test it names. */
export async function runRegistered(): Promise<void> {
  const tests = waiting.splice(0)
  for (const hook of hooks.before.splice(0)) await hook()
  for (const { name, body } of tests) {
    try {
      await body()
    } catch (cause) {
      throw new Error(name, { cause })
    } finally {
      for (const hook of hooks.finished.splice(0).reverse()) await hook()
    }
  }
  for (const hook of hooks.after.splice(0)) await hook()
}
