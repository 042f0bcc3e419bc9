import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Mutant } from './mutants.ts'

/**
 * Which test noticed a mutant on an earlier run. That one is asked first: it is run again all the same, so that a memory
 * of other source costs time only.
 */
export interface Remembered {
  of(mutant: Mutant): string | undefined
  keep(mutant: Mutant, by: string): void
}

export function remembered(path: string): Remembered {
  const known = new Map<string, string>(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [])
  return {
    of: (mutant) => known.get(keyOf(mutant)),
    keep(mutant, by) {
      known.set(keyOf(mutant), by)
      writeFileSync(path, JSON.stringify([...known]))
    },
  }
}

const keyOf = ({ path, start, was, becomes }: Mutant): string =>
  createHash('sha1')
    .update(JSON.stringify([path, start, was, becomes]))
    .digest('base64url')
