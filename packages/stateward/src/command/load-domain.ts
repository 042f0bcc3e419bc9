import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Domain } from '@stateward/contract'
import { UsageError } from './usage-error.ts'

/** The domain that a module exports as `domain`, or by default. Runs the module. */
export async function loadDomain(cwd: string, path: string): Promise<Domain> {
  const file = resolve(cwd, path)
  let module: { readonly domain?: unknown; readonly default?: unknown }
  try {
    module = await import(pathToFileURL(file).href)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`expected --domain to name a module that loads, found that ${file} does not: ${why}`)
  }
  const exported = module.domain ?? module.default
  if (isDomain(exported)) return exported
  throw new UsageError(
    `expected ${file} to export what defineDomain gives as "domain" or by default, found ${Object.keys(module).join(', ') || 'no exports'}`,
  )
}

function isDomain(value: unknown): value is Domain {
  return typeof value === 'object' && value !== null && 'entities' in value && typeof value.entities === 'object'
}
