// `node scripts/run-app.mjs <app> [arguments]`: sets up, builds (the app itself runs from its sources, but the `stateward`
// command it speaks of runs from dist/), then runs apps/<app>/src/main.ts with the arguments.
import { requireNode } from './require-node.mjs'

requireNode()
// Only now: an older Node could not even read what these files say.
Promise.all([import('./setup.mjs'), import('./child.mjs'), import('./workspace.mjs'), import('node:path')])
  .then(async ([{ build, setUp }, { forwardSignals, run }, { root, sourceArguments }, { join }]) => {
    const [app = 'demo', ...args] = process.argv.slice(2)
    forwardSignals()
    await setUp()
    await build()
    const main = join(root, 'apps', app, 'src', 'main.ts')
    const ended = await run(process.execPath, [...sourceArguments(), main, ...args], { env: process.env, show: true })
    process.exitCode = ended.code
  })
  .catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
