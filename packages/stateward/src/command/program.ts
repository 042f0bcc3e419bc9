import { Command } from 'commander'
import { registerBackup } from './backup.ts'
import type { Cli } from './cli.ts'
import { registerCompact } from './compact.ts'
import { registerCreate } from './create.ts'
import { defaultDir } from './default-dir.ts'
import { registerDelete } from './delete.ts'
import { registerExport } from './export.ts'
import { registerGet } from './get.ts'
import { registerHistory } from './history.ts'
import { registerImport } from './import.ts'
import { registerInit } from './init.ts'
import type { Io } from './io.ts'
import { registerList } from './list.ts'
import type { Palette } from './palette.ts'
import { registerQuery } from './query.ts'
import { registerRepair } from './repair.ts'
import { registerReseal } from './reseal.ts'
import { registerRestore } from './restore.ts'
import { registerSalvage } from './salvage.ts'
import type { GlobalOptions, Session } from './session.ts'
import { registerStats } from './stats.ts'
import { registerTail } from './tail.ts'
import { registerUpdate } from './update.ts'
import { registerVerify } from './verify.ts'

/** By what a person wants, in the order of a first hour. */
const groups: readonly (readonly [heading: string, registrations: readonly ((cli: Cli) => void)[]])[] = [
  ['Begin:', [registerInit]],
  ['Change records:', [registerCreate, registerUpdate, registerDelete, registerRestore]],
  ['Ask:', [registerGet, registerList, registerQuery, registerHistory, registerTail]],
  [
    'Look after the store:',
    [registerStats, registerVerify, registerCompact, registerBackup, registerImport, registerExport],
  ],
  ['When a store is damaged:', [registerRepair, registerReseal, registerSalvage]],
]

const afterHelp = `
A first minute:
  $ stateward init
  $ stateward create plan name="Ship 1.0"
  $ stateward list plan
  $ stateward history plan <id>
  $ cat .stateward/*.jsonl

Exit codes:
  0    done
  1    refused by the store: INVALID, NOT_FOUND, CONFLICT, RESTRICTED …
  2    the command line makes no sense
  3    busy, or locked by another process: LOCKED, BUSY, TIMEOUT; try again
  4    the disk or the log: STORAGE_FAILED, FULL, CORRUPT …
  70   a defect of this command; STATEWARD_DEBUG=1 shows where
  130  interrupted`

export interface ProgramOptions {
  readonly io: Pick<Io, 'stdout' | 'version'>
  readonly paint: Palette
  /** Where help and the version go. */
  readonly write: (text: string) => void
  readonly run: (options: GlobalOptions, work: (session: Session) => Promise<unknown>) => Promise<void>
}

const widestHelp = 100

function helpCommand(): Command {
  return new Command('help')
    .argument('[command]')
    .helpOption(false)
    .description('Print help for a command.')
    .helpGroup('Begin:')
}

/** The command with all its commands; parsing runs the one that is named. Refuses by throwing `CommanderError`. */
export function buildProgram({ io, paint, write, run }: ProgramOptions): Command {
  const helpWidth = (): number => Math.min(io.stdout.columns ?? widestHelp, widestHelp)
  const program = new Command('stateward')
    .description('State for Node programs in one directory of JSON lines.')
    .usage('<command> [arguments] [options]')
    .option('-d, --dir <path>', `directory of the store (default: $STATEWARD_DIR, or ${defaultDir})`)
    .option('--json', 'answer with one JSON value, or JSON lines; failures as JSON on standard error')
    .option('--domain <module>', 'a module that exports a domain of your own (default: plan, spec, phase, execution)')
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpCommand(helpCommand())
    .exitOverride()
    .configureOutput({
      writeOut: write,
      writeErr: write,
      // Refusals are told by whoever catches them, once.
      outputError: () => {},
      getOutHelpWidth: helpWidth,
      getErrHelpWidth: helpWidth,
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: paint.bold,
      styleSubcommandText: paint.cyan,
      // That there are options is no news.
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace('[options]', '').trim()}`.trim(),
    })
    .addHelpText('after', afterHelp)
  const cli: Cli = { program, run: (work) => run(program.opts<GlobalOptions>(), work) }
  for (const [heading, registrations] of groups) {
    program.commandsGroup(heading)
    for (const register of registrations) register(cli)
  }
  return program
}
