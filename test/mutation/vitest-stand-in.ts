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

/** A file of tests: what it has registered. */
export interface Suite {
  readonly tests: { readonly name: string; readonly body: () => unknown }[]
  readonly before: Body[]
  readonly after: Body[]
}

const emptySuite = (): Suite => ({ tests: [], before: [], after: [] })
let loading = emptySuite()
const finished: Body[] = []
const context = { task: { meta: {}, file: { name: 'mutation' } }, skip: (): void => {}, onTestFinished }

/** Loads a file of tests, and resolves with what it has registered. */
export async function suiteOf(load: () => Promise<unknown>): Promise<Suite> {
  const suite = emptySuite()
  loading = suite
  await load()
  return suite
}

/** Runs a test and what it asks for at its end. Rejects as it does. */
export async function runTest(body: () => unknown): Promise<void> {
  try {
    await body()
  } finally {
    for (const action of finished.splice(0).reverse()) await action()
  }
}

function add(name: string, ...rest: readonly unknown[]): void {
  const body = rest.find((one) => typeof one === 'function') as Body | undefined
  if (body !== undefined) loading.tests.push({ name, body: () => body(context) })
}

const each =
  (rows: readonly unknown[]) =>
  (name: string, ...rest: readonly unknown[]) => {
    const body = rest.find((one) => typeof one === 'function') as Body
    for (const row of spread(rows)) add(name, () => body(...row))
  }
/** As vitest has it: rows are spread where all of them are lists. */
const spread = (rows: readonly unknown[]): readonly (readonly unknown[])[] =>
  rows.every((row) => Array.isArray(row)) ? rows : rows.map((row) => [row])
const leave = (): void => {}

interface Test {
  (name: string, ...rest: readonly unknown[]): void
  readonly each: typeof each
  skipIf(isSkipped: boolean): typeof add
  runIf(isRun: boolean): typeof add
}

const registrar = (): Test =>
  Object.assign((...given: Parameters<typeof add>) => add(...given), {
    each,
    skipIf: (isSkipped: boolean) => (isSkipped ? leave : add),
    runIf: (isRun: boolean) => (isRun ? add : leave),
  })

export const test: Test = registrar()
export const it: Test = registrar()
export const describe: object = Object.assign((_name: string, body: Body) => body(), {
  each: (rows: readonly unknown[]) => (_name: string, body: Body) => {
    for (const row of spread(rows)) body(...row)
  },
})
export const beforeAll = (body: Body): void => void loading.before.push(body)
export const afterAll = (body: Body): void => void loading.after.push(body)
export const expectTypeOf = (): object =>
  new Proxy(() => {}, { get: () => expectTypeOf(), apply: () => expectTypeOf() })
export function onTestFinished(body: Body): void {
  finished.push(body)
}

type Method = (this: unknown, ...given: readonly unknown[]) => unknown

/** A method that calls what it is told to, and the one that was there where it is told nothing. */
interface Spy {
  /** On what it was called, in order. */
  readonly mock: { readonly contexts: unknown[] }
  mockImplementation(body: Method): Spy
  mockImplementationOnce(body: Method): Spy
  mockRestore(): void
}

export const vi = {
  spyOn(target: object, key: string): Spy {
    const own = Object.getOwnPropertyDescriptor(target, key)
    const former: Method = Reflect.get(target, key)
    const once: Method[] = []
    let body = former
    const spied: Method = function (this: unknown, ...given) {
      spy.mock.contexts.push(this)
      return (once.shift() ?? body).apply(this, [...given])
    }
    Object.defineProperty(target, key, { configurable: true, writable: true, value: spied })
    const spy: Spy = {
      mock: { contexts: [] },
      mockImplementation(instead) {
        body = instead
        return spy
      },
      mockImplementationOnce(instead) {
        once.push(instead)
        return spy
      },
      mockRestore() {
        if (own === undefined) Reflect.deleteProperty(target, key)
        else Object.defineProperty(target, key, own)
      },
    }
    return spy
  },
}
