import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { dataFolder } from './data-folder.ts'

export const help = `Imports a real issue tracker's records and replays its real changes.

  node scripts/run-app.mjs examples/issue-tracker [data] [--dir <folder>] [--memory]

  data             folder with issues.jsonl.gz and changes.jsonl.gz (default: ../shared/data beside the repository)
  --dir <folder>   where the two stores go, a folder that is empty or not there yet (default: a new temporary one)
  --memory         keep everything in memory: no files, nothing to reopen
  --help           this text
`

export interface Options {
  readonly data: string
  readonly memory: boolean
  /** Where the stores go; `undefined` where nothing was said. */
  readonly dir: string | undefined
}

/** What the command line asks for; `undefined` when it asks for help. Throws a `TypeError` on what it does not know. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { dir: { type: 'string' }, memory: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) return undefined
  const [data, second] = positionals
  if (second !== undefined) throw new TypeError(`Unexpected argument '${second}': one data folder is enough`)
  if (values.memory === true && values.dir !== undefined) throw new TypeError('--dir and --memory exclude each other')
  return {
    data: data === undefined ? dataFolder : resolve(data),
    memory: values.memory === true,
    dir: values.dir === undefined ? undefined : resolve(values.dir),
  }
}
