import { CommanderError } from 'commander'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { Output } from './output.ts'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'
import { Session } from './session.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs the command with these arguments (without the program's name) and resolves with its exit code; never rejects.
 * Results go to `io.stdout`, everything else to `io.stderr`.
 */
export async function runCommand(args: readonly string[], io: Io): Promise<number> {
  const json = asksForJson(args)
  try {
    return await parseAndRun(args, io, json)
  } catch (error) {
    return reportError(error, io, json)
  }
}

async function parseAndRun(args: readonly string[], io: Io, json: boolean): Promise<number> {
  const output = new Output(io, json)
  let code: number = exitCodes.ok
  let help = ''
  const program = buildProgram({
    io,
    paint: output.paint,
    write: (text) => {
      help += text
    },
    run: async (options, work) => {
      const result = await work(await Session.begin(io, options))
      if (typeof result === 'number') code = result
    },
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) {
      await output.write(help)
      return exitCodes.ok
    }
    // No command at all: its help says what there is.
    if (error.code === 'commander.help') {
      io.stderr.write(help)
      return exitCodes.usage
    }
    throw usageError(
      error,
      args,
      program.commands.map((command) => command.name()),
    )
  }
}

/** A refusal of the parser in the command's own words, with where to read on. */
function usageError({ message }: CommanderError, args: readonly string[], commands: readonly string[]): UsageError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  const named = args.find((arg) => commands.includes(arg))
  return new UsageError(`${text}; see stateward ${named === undefined ? '' : `${named} `}--help`)
}

/** Asked before anything is parsed, because a refusal to parse is told in the same way. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).includes('--json')
}
