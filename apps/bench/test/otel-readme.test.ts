import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { State } from 'stateward'
import { expect, onTestFinished, test } from 'vitest'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What the example of the README declares. */
interface Example {
  readonly state: State
  readonly server: Server
  readonly endTraces: () => void
  readonly endMetrics: () => void
}

test('the example in the README of @stateward/otel runs, and its server answers a scrape', async () => {
  const folder = mkdtempSync(here('../node_modules/.otel-readme-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readFileSync(here('../../../packages/otel/README.md'), 'utf8')) ?? []
  const contents = example
    .replace("'./shop'", JSON.stringify(join(folder, 'shop')))
    .replace('listen(9464)', 'listen(0)')
  expect(contents).toContain('listen(0)')
  expect(contents).not.toContain("'./shop'")
  const outfile = join(folder, 'example.mjs')
  await build({
    stdin: { contents: `${contents}\nexport { state, server, endTraces, endMetrics }`, resolveDir: here('.') },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    conditions: ['@stateward/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  const { state, server, endTraces, endMetrics }: Example = await import(/* @vite-ignore */ pathToFileURL(outfile).href)
  try {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('expected a port')
    const text = await (await fetch(`http://127.0.0.1:${address.port}/metrics`)).text()
    expect(text).toContain('stateward_records{store="shop",type="plan"} 1\n')
    expect(text).toMatch(/stateward_held_bytes\{store="shop",part="buffers"\} [1-9]/)
  } finally {
    endTraces()
    endMetrics()
    server.closeAllConnections()
    server.close()
    await state.close()
  }
})
