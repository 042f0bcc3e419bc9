import { existsSync, readdirSync } from 'node:fs'
import { missingFiles } from './data-folder.ts'
import { importAndReplay } from './import-and-replay.ts'
import { help, type Options, readOptions } from './options.ts'
import { type Output, Progress } from './progress.ts'

/** Where the program speaks, and its clock, milliseconds. */
export interface Surroundings {
  readonly out: Output
  readonly err: Output
  readonly now: () => number
}

/**
 * The whole program. Answers the exit code: 0 all went well, 1 a write was refused or a log did not verify, 2 the command
 * line or a folder is wrong.
 */
export async function runTracker(args: readonly string[], { out, err, now }: Surroundings): Promise<number> {
  const wrong = (message: string): number => {
    err.write(`${message}\n`)
    return 2
  }
  let options: Options | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    return wrong(`${messageOf(error)}\n\n${help}`)
  }
  const progress = new Progress(out, now)
  if (options === undefined) {
    progress.say(help)
    return 0
  }
  const unfit = unfitFolder(options)
  if (unfit !== undefined) return wrong(unfit)
  try {
    return (await importAndReplay(options, { progress, now })) ? 0 : 1
  } catch (error) {
    err.write(`${messageOf(error)}\n`)
    return 1
  }
}

function unfitFolder({ data, dir }: Options): string | undefined {
  const missing = missingFiles(data)
  if (missing.length > 0) return `expected ${missing.join(' and ')} in ${data}: give the folder that has them`
  if (dir === undefined || !existsSync(dir) || readdirSync(dir).length === 0) return undefined
  return `expected an empty folder for the stores, found things in ${dir}: name another one with --dir`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
