import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCodes, StatewardError, type Storage } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { exitCodeOf, exitCodes } from '../src/command/exit-code.ts'
import { freshFolder, freshStore, run } from './run-stateward.ts'

const verbs: readonly (readonly string[])[] = [
  ['create', 'plan', 'name=P'],
  ['get', 'plan', 'abcd'],
  ['update', 'plan', 'abcd', 'name=P'],
  ['delete', 'plan', 'abcd'],
  ['restore', 'plan', 'abcd'],
  ['list', 'plan'],
  ['query', '{"type":"plan"}'],
  ['history', 'plan', 'abcd'],
  ['tail'],
  ['stats'],
  ['verify'],
  ['compact'],
  ['import', '-'],
  ['export'],
]

/** Runs every verb and demands the same failure of each, in both forms, without a word on standard output. */
async function everyVerbFails(
  folder: string,
  expected: { code: number; error: string; message: RegExp },
  storageAt?: () => Storage,
): Promise<void> {
  for (const verb of verbs) {
    const options = { stdin: '', ...(storageAt && { storageAt }) }
    const people = await run(folder, verb, options)
    expect({ verb, code: people.code, out: people.out }).toEqual({ verb, code: expected.code, out: '' })
    expect(people.err).toMatch(expected.message)
    expect(people.err).not.toMatch(/\n\s+at /)
    const program = await run(folder, [...verb, '--json'], options)
    expect(program).toMatchObject({ code: expected.code, out: '' })
    expect(JSON.parse(program.err)).toMatchObject({
      code: expected.error,
      message: expect.stringMatching(expected.message),
      details: expect.any(Object),
      retryable: expect.any(Boolean),
    })
  }
}

describe('a directory that is none', () => {
  test('nothing there: every verb says how to make a store, and makes none', async () => {
    const folder = freshFolder()
    await everyVerbFails(folder, { code: 1, error: 'NOT_FOUND', message: /`stateward init`/ })
    expect(readdirSync(folder)).toEqual([])
  })

  test('an empty directory, or one of other things', async () => {
    const folder = freshFolder()
    mkdirSync(join(folder, '.stateward'))
    await everyVerbFails(folder, {
      code: 1,
      error: 'NOT_FOUND',
      message: /found an empty directory; .*`stateward init`/,
    })
    writeFileSync(join(folder, '.stateward', 'holiday.png'), '')
    await everyVerbFails(folder, { code: 1, error: 'NOT_FOUND', message: /other things/ })
    expect(await run(folder, ['init'])).toMatchObject({ code: 1, err: expect.stringContaining('holiday.png') })
    expect(readdirSync(join(folder, '.stateward'))).toEqual(['holiday.png'])
  })

  test('a file where the directory should be', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, '.stateward'), 'a file')
    await everyVerbFails(folder, { code: 1, error: 'INVALID', message: /found a file/ })
    expect(await run(folder, ['init'])).toMatchObject({ code: 1, err: expect.stringContaining('INVALID') })
    expect(readFileSync(join(folder, '.stateward'), 'utf8')).toBe('a file')
  })

  test('one that this user may not read, or not write', async () => {
    const { folder } = await freshStore()
    const dir = join(folder, '.stateward')
    // Whoever steps aside must still get as far as the store.
    for (const above of [dirname(folder), folder]) chmodSync(above, 0o755)
    chmodSync(dir, 0o000)
    await asNobody(() => everyVerbFails(folder, { code: 4, error: 'STORAGE_FAILED', message: /EACCES/ }))
    chmodSync(dir, 0o755)
    for (const name of readdirSync(dir)) chmodSync(join(dir, name), 0o644)
    await asNobody(async () => {
      expect(await run(folder, ['list', 'plan'])).toMatchObject({ code: 0 })
      const write = await run(folder, ['create', 'plan', 'name=P', '--json'])
      expect(write.code).toBe(4)
      expect(JSON.parse(write.err)).toMatchObject({
        code: 'STORAGE_FAILED',
        message: expect.stringContaining('EACCES'),
      })
    })
  })
})

describe('a storage that fails', () => {
  const failing = (error: Error): (() => Storage) => {
    const fail = (): Promise<never> => Promise.reject(error)
    return () => ({ kind: 'broken', caps: capsOf(), openReader: fail, openWriter: fail })
  }

  test('each code has its exit code, and no stack is shown', async () => {
    const { folder } = await freshStore()
    for (const code of ['LOCKED', 'STORAGE_FAILED', 'UNSUPPORTED', 'FULL'] as const) {
      const error = new StatewardError(code, 'expected better, found this')
      await everyVerbFails(
        folder,
        { code: exitCodeOf(code), error: code, message: /expected better, found this/ },
        failing(error),
      )
    }
  })

  test('a defect is told as one; where, only with STATEWARD_DEBUG', async () => {
    const { folder } = await freshStore()
    const storageAt = (): never => {
      throw new TypeError('x is not a function')
    }
    const plain = await run(folder, ['list', 'plan'], { storageAt })
    expect(plain.code).toBe(70)
    expect(plain.err).toMatch(/^DEFECT {2}.*x is not a function.*STATEWARD_DEBUG=1/)
    expect(plain.err).not.toMatch(/\n\s+at /)
    const debug = await run(folder, ['list', 'plan'], { storageAt, env: { STATEWARD_DEBUG: '1' } })
    expect(debug.err).toMatch(/TypeError: x is not a function\n\s+at /)
  })

  test('every code of the contract leads to a documented exit code', () => {
    const known: readonly number[] = Object.values(exitCodes)
    for (const [code, retryable] of Object.entries(errorCodes)) {
      expect(known).toContain(exitCodeOf(code))
      if (exitCodeOf(code) === exitCodes.busy) expect(retryable).toBe(true)
    }
  })

  function capsOf(): Storage['caps'] {
    return {
      fencing: 'lock',
      unknown: 'stop',
      survives: { commit: 'power' },
      maxRecordBytes: 1_000,
      maxBatchBytes: 1_000,
      maxBatchRecords: 10,
    }
  }
})

describe('a command line that makes no sense', () => {
  test('each is refused with 2, a hint, and nothing on standard output', async () => {
    const { folder } = await freshStore()
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['lst'], /unknown command 'lst' \(Did you mean list\?\); see stateward --help/],
      [['frobnicate'], /unknown command 'frobnicate'; see/],
      [['list', 'plan', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\); see stateward list --help/],
      [['list'], /missing required argument 'type'/],
      [['get', 'plan'], /missing required argument 'id'/],
      [['get', 'plan', 'a', 'b'], /too many arguments/],
      [['list', 'plan', '--limit'], /argument missing/],
      [['create', 'plan'], /expected fields or --data/],
      [['create', 'plan', 'name'], /name=text or name:=json/],
      [['create', 'plan', '=x'], /name=text or name:=json/],
      [['create', 'plan', 'name=a', 'name=b'], /name twice/],
      [['create', 'plan', 'n:=x'], /expected JSON behind n:=/],
      [['create', 'plan', '__proto__=x'], /cannot be one/],
      [['create', 'plan', '--data', '{'], /expected --data to be JSON/],
      [['create', 'plan', '--data', '"x"'], /a string/],
      [['create', 'plan', '--data', '-'], /found nothing/],
      [['create', 'plan', '--data', '@absent'], /there is none/],
      [['update', 'plan', 'abcd'], /expected fields to change/],
      [['update', 'plan', 'abcd', 'a=b', '--force'], /expected --reason beside --force/],
      [['update', 'plan', 'abcd', 'a=b', '--reason', 'x'], /expected --force beside --reason/],
      [['update', 'plan', 'abcd', 'a=b', '--expect-rev', 'x'], /whole number from 1/],
      [['tail', '-n', '-1'], /whole number from 0/],
      [['list', 'plan', '--domain', './absent.js'], /expected --domain to name a module that loads/],
    ]
    for (const [args, message] of cases) {
      const ran = await run(folder, args, { stdin: '' })
      expect({ args, code: ran.code, out: ran.out }).toEqual({ args, code: 2, out: '' })
      expect(ran.err).toMatch(/^USAGE {2}/)
      expect(ran.err).toMatch(message)
      const program = await run(folder, [...args.slice(0, 1), '--json', ...args.slice(1)], { stdin: '' })
      expect(JSON.parse(program.err)).toMatchObject({ code: 'USAGE', retryable: false })
    }
  })

  test('rules that the store refuses keep its codes', async () => {
    const { folder } = await freshStore()
    const cases: readonly (readonly [string[], string])[] = [
      [['create', 'pln', 'name=x'], 'INVALID'],
      [['create', 'plan', 'nme=x'], 'INVALID'],
      [['create', 'plan', 'name=x', 'status=done'], 'INVALID'],
      [['create', 'plan', 'name=x', 'rev:=1'], 'INVALID'],
      [['create', 'plan', '--data', `{"name":"x","a":${'['.repeat(70)}${']'.repeat(70)}}`], 'INVALID'],
      [['create', 'spec', 'name=x', 'plan_id=01900000-0000-7000-8000-000000000001'], 'INVALID_REFERENCE'],
      [['create', 'plan', 'name=x', '--actor', 'a'.repeat(201)], 'TOO_LARGE'],
      [['update', 'plan', '01900000-0000-7000-8000-000000000001', 'name=x'], 'NOT_FOUND'],
      [['delete', 'plan', '01900000-0000-7000-8000-000000000001'], 'NOT_FOUND'],
      [['history', 'plan', '01900000-0000-7000-8000-000000000001'], 'NOT_FOUND'],
    ]
    for (const [args, code] of cases) {
      const ran = await run(folder, [...args, '--json'])
      expect({ args, code: ran.code, error: JSON.parse(ran.err).code }).toEqual({ args, code: 1, error: code })
    }
    expect((await run(folder, ['stats', '--json'])).json()).toMatchObject([{ commits: 0 }])
  })
})

/** Permissions mean nothing to root, so that root steps aside; anybody else stays who they are and loses them as the owner. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}
