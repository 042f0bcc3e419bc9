import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { rig } from '../../../test/reliability/rig.ts'
import { bugs } from './planted/bugs.ts'
import { bundleWith, type Patch } from './planted/bundle-with.ts'
import type { explorationLayer } from './planted/exploration-layer.ts'

const folder = fileURLToPath(new URL(`../node_modules/.exploration-${process.pid}/`, import.meta.url))
let made = 0

beforeAll(() => mkdirSync(folder, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Explore = typeof explorationLayer

/** The exploration of a kernel with this patch in it. Bundled, it runs twice as fast as module by module. */
async function explorationOf(patch: Patch | undefined): Promise<Explore> {
  const path = join(folder, `${made++}.mjs`)
  writeFileSync(path, await bundleWith(patch))
  const { explorationLayer: explore }: { readonly explorationLayer: Explore } = await import(/* @vite-ignore */ path)
  return explore
}

rig('interleavings', async ({ each }) => {
  const explore = await explorationOf(undefined)
  return each(async (seed) => {
    await explore({ from: seed, count: 1 })
    return 1
  })
})

/** Each planted bug shows within the first few hundred. */
const enough = 2_000

rig('kernel-bugs', async ({ note }) => {
  const missed: string[] = []
  const found: string[] = []
  for (const bug of bugs) {
    const explore = await explorationOf(bug)
    const said = await explore({ from: 1, count: enough }).then(
      () => undefined,
      (error: unknown) => String(error).split('\n')[0],
    )
    if (said === undefined) missed.push(bug.name)
    else found.push(`  ${bug.name}: ${said.slice(0, 120)}`)
  }
  note(['bugs planted in the kernel, and what the exploration says of them:', ...found])
  expect(missed).toEqual([])
  return found.length
})
