import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the real records and changes lie when nothing else is said: `../shared/data` from the repository's root. */
export const dataFolder = fileURLToPath(new URL('../../../../../shared/data', import.meta.url))

export const issuesFile = 'issues.jsonl.gz'
export const changesFile = 'changes.jsonl.gz'

/** Which of the two files are not in the folder. */
export function missingFiles(folder: string): readonly string[] {
  return [issuesFile, changesFile].filter((file) => !existsSync(join(folder, file)))
}
