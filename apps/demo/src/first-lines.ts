import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A few lines of the log as they lie on the disk: a creation, an update of each kind that is found, in order. */
export function sampleLines(dir: string, specId: string): string[] {
  const names = readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
  const lines = names.flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n'))
  return lines.filter((line) => line.includes(`"id":"${specId}"`) && !line.startsWith('{"type":"tx"')).slice(-3)
}
