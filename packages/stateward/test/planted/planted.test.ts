import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rig } from '../../../../test/reliability/rig.ts'
import type { Bug } from './bug.ts'
import { bugs, withMatrix } from './bugs.ts'
import { type Bundler, bundler, type Patch } from './bundle-with.ts'
import { type Layer, layers } from './layers.ts'

const isNightly = process.env.STATEWARD_TEST_SCALE === 'nightly'
/** Within the package, so that what is bundled finds the modules that are not bundled with it. */
const folder = fileURLToPath(new URL('../../node_modules/.planted/', import.meta.url))
const bundlers = new Map<Layer, Bundler>()
let made = 0

beforeAll(() => mkdirSync(folder, { recursive: true }))
afterAll(async () => {
  for (const { dispose } of bundlers.values()) await dispose()
  rmSync(folder, { recursive: true, force: true })
})

type Look = (range?: Bug['crash']) => Promise<void>

/** The layer, looking at a source with this patch in it. */
async function planted(layer: Layer, patch: Patch | undefined): Promise<Look> {
  const own = bundlers.get(layer) ?? (await bundler(layer))
  bundlers.set(layer, own)
  const path = join(folder, `${layer}-${process.pid}-${made++}.mjs`)
  writeFileSync(path, await own.bundle(patch))
  const module: Readonly<Record<string, Look>> = await import(/* @vite-ignore */ path)
  const look = module[`${layer}Layer`]
  if (look === undefined) throw new Error(`the layer ${layer} exports no ${layer}Layer`)
  return look
}

/** What the layer says of a source with this bug in it; `undefined` when it finds nothing. */
async function finding(layer: Layer, bug: Bug): Promise<string | undefined> {
  const look = await planted(layer, bug)
  const said = (range?: Bug['crash']): Promise<string | undefined> =>
    look(range).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
  // Workloads change, and with them the step where it shows.
  return (layer === 'crash' && bug.crash !== undefined ? await said(bug.crash) : undefined) ?? said()
}

rig('planted-bugs', async ({ note }) => {
  const missed: string[] = []
  const rows: string[] = []
  for (const bug of bugs) {
    const expected = isNightly ? layers : bug.foundBy
    const found: Layer[] = []
    for (const layer of expected) if ((await finding(layer, bug)) !== undefined) found.push(layer)
    rows.push(`${bug.name.padEnd(66)} ${found.join(', ')}`)
    for (const layer of bug.foundBy) if (!found.includes(layer)) missed.push(`${layer} does not find: ${bug.name}`)
  }
  note(['planted bugs, and the layers that found them:', ...rows.map((row) => `  ${row}`)])
  expect(missed).toEqual([])
  return bugs.length
})

test.each(layers)('the layer %s finds nothing where no bug was planted', async (layer) => {
  const look = await planted(layer, undefined)
  // All of it runs at night; on every run the rigs do, which look at the same with far larger counts.
  await look(isNightly ? undefined : { seed: 1, from: 40, to: 50 })
})

test('RELIABILITY.md holds the matrix of the bugs (`npm run reliability` writes it)', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../../RELIABILITY.md', import.meta.url)), 'utf8')
  expect(withMatrix(page)).toBe(page)
})
