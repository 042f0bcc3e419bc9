import { describe, expect, test } from 'vitest'
import { type Finding, textOf } from './tidy/finding.ts'
import { dependencyFindings, errorCodeFindings, readmeFindings, releaseFindings } from './tidy/package-rules.ts'
import { syntaxFindings } from './tidy/syntax-rules.ts'
import { textFindings } from './tidy/text-rules.ts'
import type { TextFile } from './tidy/tree.ts'

const source = 'packages/core/src/apply.ts'
const lines = (findings: readonly Finding[]): readonly number[] => findings.map(({ line }) => line)
const file = (path: string, ...content: readonly string[]): TextFile => ({ path, text: `${content.join('\n')}\n` })

describe('syntax', () => {
  test.each([
    ['a parameter', 'export const f = (x: any): void => undefined'],
    ['a type argument', 'export const m = new Map<string, any>()'],
    ['an array', 'export type A = any[]'],
    ['a cast', 'export const a = {} as any'],
    ['an index signature', 'export interface I { [key: string]: any }'],
    ['`typeof` and a conditional', 'export type B<T> = T extends any ? 1 : 2'],
  ])('finds any in %s', (_, line) => expect(lines(syntaxFindings(file(source, '', line)))).toEqual([2]))

  test('any as a word, a name or a string is fine', () =>
    expect(
      syntaxFindings(
        file(source, '/** Takes any: number. */', "export const any = 'as any'", 'export const o = { any: any }'),
      ),
    ).toEqual([]))

  test.each(['test.only', 'it.skip', 'describe.only', 'test.todo', 'test.concurrent.only', "test.prop([1], '').only"])(
    'finds %s',
    (call) =>
      expect(lines(syntaxFindings(file('packages/core/test/a.test.ts', `${call}('x', () => {})`)))).toEqual([1]),
  )

  test('what depends on a condition may be skipped, and other things may have such a name', () =>
    expect(
      syntaxFindings(
        file('apps/demo/test/a.test.ts', "test.skipIf(true)('x', () => {})", 'page.skip(3)', 'list.only()'),
      ),
    ).toEqual([]))

  test('finds console in a library, however it is called, and nowhere else', () => {
    const talk = "console.error('x')"
    expect(lines(syntaxFindings(file(source, '', talk)))).toEqual([2])
    expect(syntaxFindings(file('packages/stateward/src/main.ts', talk))).toEqual([])
    expect(syntaxFindings(file('packages/core/test/a.test.ts', talk))).toEqual([])
    expect(syntaxFindings(file('apps/demo/src/main.ts', talk))).toEqual([])
  })

  test('finds a silenced compiler', () => {
    expect(lines(syntaxFindings(file(source, '', '// @ts-ignore', 'export const a = 1')))).toEqual([2])
    expect(lines(syntaxFindings(file(source, '// @ts-nocheck')))).toEqual([1])
    expect(syntaxFindings(file(source, '// @ts-expect-error it must not compile', 'export const a = 1'))).toEqual([])
  })

  test('a file that does not parse is named', () =>
    expect(() => syntaxFindings(file(source, 'export const = 1'))).toThrow(source))
})

describe('text', () => {
  const filler = (count: number): TextFile => file(source, ...Array.from({ length: count }, () => ''))

  test('300 lines are allowed, 301 are not', () => {
    expect(textFindings(filler(300))).toEqual([])
    expect(textFindings(filler(301)).map(textOf)).toEqual([`${source} has 301 lines, 300 are allowed: it is two files`])
  })

  test('words may be longer than code', () =>
    expect(textFindings({ ...filler(301), path: 'docs/spec.md' })).toEqual([]))

  test.each(['TO-DO', 'FIX-ME', 'XX-X', 'HA-CK'])('finds %s without its hyphen', (halves) => {
    const marker = halves.replace('-', '')
    expect(lines(textFindings(file(source, '', `// ${marker}: later`)))).toEqual([2])
    expect(lines(textFindings(file('README.md', '', marker)))).toEqual([2])
    expect(textFindings(file('CONTRIBUTING.md', `No \`${marker}\` is left behind.`))).toEqual([])
    expect(textFindings(file(source, `// ${marker.toLowerCase()}s and a${marker}b`))).toEqual([])
  })

  test.each(['work', 'tmp', 'root', 'home', 'Users'])('finds paths below %s', (folder) => {
    expect(lines(textFindings(file(source, '', `const dir = '/${folder}/x'`)))).toEqual([2])
    expect(lines(textFindings(file('README.md', `cat /${folder}`)))).toEqual([1])
    expect(textFindings(file('README.md', `a/${folder}/b ./${folder}/c ~/${folder} and /${folder}bench`))).toEqual([])
  })

  test.each(['registry', 'www'])('finds the host of a registry: %s', (name) => {
    const host = [name, 'npmjs', 'org'].join('.')
    expect(lines(textFindings(file('pnpm-lock.yaml', `tarball: https://${host}/x.tgz`)))).toEqual([1])
  })

  test('a registry that is no host is fine', () =>
    expect(textFindings(file('README.md', 'Needs no registry. The registry.'))).toEqual([]))
})

describe('packages', () => {
  const manifest = { name: '@stateward/core', version: '0.0.0', dependencies: { 'lru-cache': '1.0.0' } }
  const core = file('packages/core/package.json', JSON.stringify(manifest))
  const parts = [
    '# @stateward/core',
    '',
    'One actor.',
    '',
    '```ts',
    'go()',
    '```',
    '## Errors',
    '`X`',
    '## Limits',
    'Some.',
  ]
  const readme = (content: readonly string[]): readonly Finding[] =>
    readmeFindings([core, file('packages/core/README.md', ...content)])

  test('a README with all its parts', () => expect(readme(parts)).toEqual([]))

  test('no README', () => expect(readmeFindings([core]).map(textOf)).toEqual(['packages/core/README.md is missing']))

  test.each([
    ['# @stateward/core', 'never begins with "# @stateward/core"'],
    ['One actor.', 'never says in a sentence what it is, right below'],
    ['```ts', 'never has an example in a ```ts block'],
    ['## Errors', 'never has a section on errors'],
    ['## Limits', 'never has a section on limits'],
  ])('a README without %s', (part, message) =>
    expect(readme(parts.filter((line) => line !== part)).map((finding) => finding.message)).toContain(message),
  )

  test('an app needs a title and a sentence only', () => {
    const app = file(
      'apps/demo/package.json',
      JSON.stringify({ name: '@stateward/demo', version: '0.0.0', private: true }),
    )
    expect(readmeFindings([app, file('apps/demo/README.md', '# Demo', '', 'Shows it.')])).toEqual([])
    expect(readmeFindings([app, file('apps/demo/README.md', '# Demo')])).toHaveLength(1)
  })

  test('a package is released, or announced, or private', () => {
    const released = file('packages/core/package.json', JSON.stringify({ ...manifest, version: '0.1.0' }))
    const hidden = file('packages/core/package.json', JSON.stringify({ ...manifest, private: true }))
    const announced = file('.changeset/first.md', '---', "'@stateward/core': minor", '---', '', 'The first.')
    const praised = file(
      '.changeset/first.md',
      '---',
      "'@stateward/other': minor",
      '---',
      '',
      "'@stateward/core': good",
    )
    expect(releaseFindings([core])).toHaveLength(1)
    expect(releaseFindings([core, praised])).toHaveLength(1)
    expect(releaseFindings([core, announced])).toEqual([])
    expect(releaseFindings([released])).toEqual([])
    expect(releaseFindings([hidden])).toEqual([])
  })

  test('src/ imports only what is declared', () => {
    const found = (path: string, ...content: readonly string[]): readonly number[] =>
      lines(dependencyFindings([core, file(path, ...content)]))
    const fine = [
      "import { LRUCache } from 'lru-cache'",
      "import { join } from 'node:path'",
      "import { a } from './a.ts'",
    ]
    expect(found(source, ...fine)).toEqual([])
    expect(found(source, ...fine, "import type { Index } from '@stateward/index'")).toEqual([4])
    expect(found(source, "export { z } from 'zod/mini'")).toEqual([1])
    expect(found(source, "export const zod = await import('zod')")).toEqual([1])
    expect(found('packages/core/test/a.test.ts', "import { test } from 'vitest'")).toEqual([])
  })

  test('codes and their documentation say the same', () => {
    const found = (...content: readonly string[]): readonly string[] =>
      errorCodeFindings(['BUSY', 'NOT_FOUND'], [file('docs/errors.md', ...content)]).map(({ message }) => message)
    expect(found('| code | when |', '| `BUSY` | full |', '', '## NOT_FOUND')).toEqual([])
    expect(found('## `NOT_FOUND`', 'unlike BUSY')).toEqual(['does not explain BUSY'])
    expect(found('## BUSY', '## NOT_FOUND', '## `GONE`')).toEqual(['explains GONE, which no code is'])
    expect(errorCodeFindings(['BUSY'], []).map(textOf)).toEqual(['docs/errors.md is missing'])
  })
})
