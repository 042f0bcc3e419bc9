import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../scripts/workspace.mjs'

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'RELIABILITY.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8')

  test('links to files that are there', () => {
    expect(missing(linksIn(text), (path) => resolve(root, dirname(document), path))).toEqual([])
  })

  test('names files that are there', () => {
    expect(missing(pathsIn(text), (path) => join(root, path))).toEqual([])
  })
})

test('a link or a path that leads nowhere is found', () => {
  expect(linksIn('see [that](docs/nowhere.md#part) and [this](https://example.org)')).toEqual(['docs/nowhere.md'])
  expect(pathsIn('in `packages/nowhere/src/thing.ts` and `packages/*/src`')).toEqual(['packages/nowhere/src/thing.ts'])
  expect(missing(['docs/nowhere.md'], (path) => join(root, path))).toEqual(['docs/nowhere.md'])
})

function linksIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.split('#')[0] ?? '')
  return targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}

/** What stands in backticks and begins with a folder of this repository. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`((?:packages|apps|docs|scripts|test|\.changeset)\/[^`\s*…]+)`/g)]
  return quoted.map(([, path = '']) => path.replace(/[:,.]$/, ''))
}

function missing(paths: readonly string[], at: (path: string) => string): string[] {
  return paths.filter((path) => !existsSync(at(path)))
}
