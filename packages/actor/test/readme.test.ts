import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { build } from 'esbuild'
import { afterAll, afterEach, expect, test, vi } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, example = '']) => example)
// Within the package, which may import itself by its name.
const folder = fileURLToPath(new URL(`../node_modules/.readme-${process.pid}/`, import.meta.url))

afterEach(() => vi.restoreAllMocks())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(3)
})

test.each(examples.map((example, nth) => [nth + 1, example] as const))(
  'example %i of the README runs, and prints what it says',
  async (nth, example) => {
    const said: string[] = []
    vi.spyOn(console, 'log').mockImplementation((...values) => void said.push(format(...values)))
    mkdirSync(folder, { recursive: true })
    const outfile = join(folder, `${nth}.mjs`)
    await build({
      stdin: { contents: example, loader: 'ts', resolveDir: folder },
      conditions: ['@stateward/source'],
      ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'silent' },
    })
    await import(/* @vite-ignore */ outfile)
    const promised = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => text)
    expect(said).toEqual(expect.arrayContaining(promised))
  },
)
