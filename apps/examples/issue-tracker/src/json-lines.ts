import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The values of a gzipped file of JSON lines. That they are of type `T` is the reader's claim: the store checks them. */
export function readJsonLines<T>(path: string): readonly T[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T)
}

/** `items` in order, at most `size` at a time. */
export function* groupsOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
