import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Plain data by name, kept in a file from one run to the next. */
export interface Remembered<T> {
  get(name: string): T | undefined
  set(name: string, value: T): void
}

export function remembered<T>(path: string): Remembered<T> {
  const known = new Map<string, T>(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [])
  return {
    get: (name) => known.get(name),
    set(name, value) {
      known.set(name, value)
      writeFileSync(path, JSON.stringify([...known]))
    },
  }
}

export const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')
