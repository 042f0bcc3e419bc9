import type { Command } from 'commander'
import { UsageError } from './usage-error.ts'

/** What every write takes on the command line. */
export interface GivenWriteOptions {
  readonly actor?: string
  readonly txid?: string
  readonly dryRun?: boolean
}

/** What a write that rules may refuse takes beside that. */
export interface GivenGuardOptions extends GivenWriteOptions {
  readonly expectRev?: number
  readonly force?: boolean
  readonly reason?: string
  readonly cascade?: boolean
}

export function addWriteOptions(command: Command): Command {
  return command
    .option('--actor <name>', 'who writes; kept in the log')
    .option('--txid <text>', 'names this write: a second one with the same name changes nothing')
    .option('--dry-run', 'decide, show what would be written, and write nothing')
}

export function addGuardOptions(command: Command, cascade: string): Command {
  return command
    .option('--expect-rev <n>', 'refuse (CONFLICT) unless the record is at this rev', wholeNumber('--expect-rev', 1))
    .option('--cascade', cascade)
    .option('--force', 'skip guards, never transitions; needs --reason')
    .option('--reason <text>', 'why it is forced; kept in the log')
}

/** The options as a message carries them. */
export function writeBody({ actor, txid }: GivenWriteOptions): { readonly actor?: string; readonly txid?: string } {
  return { ...(actor === undefined ? {} : { actor }), ...(txid === undefined ? {} : { txid }) }
}

export function guardBody(given: GivenGuardOptions): {
  readonly expectedRev?: number
  readonly force?: boolean
  readonly reason?: string
  readonly cascade?: boolean
} {
  const { expectRev, force, reason, cascade } = given
  if (force === true && reason === undefined) {
    throw new UsageError('expected --reason beside --force, found none; it is kept in the log')
  }
  if (reason !== undefined && force !== true) throw new UsageError('expected --force beside --reason, found none')
  return {
    ...writeBody(given),
    ...(expectRev === undefined ? {} : { expectedRev: expectRev }),
    ...(force === true && reason !== undefined ? { force, reason } : {}),
    ...(cascade === true ? { cascade } : {}),
  }
}

/** Reads an option that is a whole number from `least` on. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
    throw new UsageError(`expected ${option} to be a whole number from ${least}, found ${JSON.stringify(text)}`)
  }
}

/** Gathers an option that may be given several times. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
