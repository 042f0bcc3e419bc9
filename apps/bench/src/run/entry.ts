import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** How the processes that are measured are started. */
export interface Entry {
  readonly kind: 'built' | 'source'
  readonly path: string
  readonly execArgv: readonly string[]
}

/**
 * What `npm run bench` has built, so that what is measured is what is published; otherwise the sources, through a loader that
 * adds to every figure.
 */
export function findEntry(prefer: 'built' | 'source'): Entry {
  // This file is src/run/entry.ts, or a part of dist/.
  const root = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../', import.meta.url)
  const built = fileURLToPath(new URL('dist/main.js', root))
  if (prefer === 'built' && existsSync(built)) return { kind: 'built', path: built, execArgv: [] }
  return {
    kind: 'source',
    path: fileURLToPath(new URL('src/main.ts', root)),
    execArgv: ['--conditions=@stateward/source', '--import', import.meta.resolve('tsx')],
  }
}
