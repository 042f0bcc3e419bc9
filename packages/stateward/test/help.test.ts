import { describe, expect, test } from 'vitest'
import { freshFolder, run } from './run-stateward.ts'

describe('help', () => {
  test('the help that everybody sees first', async () => {
    const { code, out, err } = await run(freshFolder(), ['--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    await expect(out).toMatchFileSnapshot('help.golden.txt')
  })

  test('the same without a command, on standard error', async () => {
    const folder = freshFolder()
    const { out: help } = await run(folder, ['--help'])
    expect(await run(folder, [])).toMatchObject({ code: 2, out: '', err: help })
    expect(await run(folder, ['help'])).toMatchObject({ code: 0, out: help })
  })

  test('every command has a sentence, its options and examples that name it', async () => {
    const folder = freshFolder()
    const { out: help } = await run(folder, ['--help'])
    const names = [...help.matchAll(/^ {2}([a-z]+) .*[.]$/gm)].map((match) => match[1] ?? '')
    expect(names.join(' ')).toBe(
      'init help create update delete restore get list query history tail stats verify compact backup import export repair reseal salvage',
    )
    for (const name of names.filter((one) => one !== 'help')) {
      const { code, out } = await run(folder, [name, '--help'])
      expect(code).toBe(0)
      expect(out).toMatch(new RegExp(`^Usage: stateward ${name} `))
      expect(out).toMatch(new RegExp(`\nExamples:\n(.*\n)*  \\$ .*stateward ${name}`))
      expect(out).toContain('--json')
      expect(await run(folder, ['help', name])).toMatchObject({ out })
    }
  })

  test('colour only on a terminal', async () => {
    const folder = freshFolder()
    expect((await run(folder, ['--help'], { columns: 80 })).out).toContain('\u001b[')
    expect((await run(folder, ['list', '--help'])).out).not.toContain('\u001b[')
    expect((await run(folder, ['--help'], { columns: 80, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b[')
  })

  test('no line is wider than a terminal of 80 columns', async () => {
    const { out } = await run(freshFolder(), ['--help'], { columns: 80, env: { NO_COLOR: '1' } })
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('the version', async () => {
    expect(await run(freshFolder(), ['--version'])).toMatchObject({ code: 0, out: '0.0.0-test\n' })
  })
})
