import { isErrorCode } from './error-code.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { OutputClosed } from './output.ts'
import { paletteFor } from './palette.ts'

/** What a failure comes down to, for programs. */
interface Failure {
  readonly code: string
  readonly message: string
  readonly details: unknown
  readonly retryable: boolean
}

/**
 * Says on standard error why the command failed, for people or (`json`) as one JSON value, and gives the exit code. No
 * stack, unless `STATEWARD_DEBUG` asks for it.
 */
export function reportError(error: unknown, io: Pick<Io, 'stderr' | 'env'>, json: boolean): number {
  // Whoever read our output has heard enough.
  if (error instanceof OutputClosed) return exitCodes.ok
  const failure = failureOf(error)
  io.stderr.write(json ? `${JSON.stringify(failure)}\n` : forPeople(failure, io))
  if ((io.env.STATEWARD_DEBUG ?? '') !== '') io.stderr.write(`${stackOf(error)}\n`)
  return exitCodeOf(failure.code)
}

function failureOf(error: unknown): Failure {
  const { code, message, details, retryable } = error as Partial<Failure>
  if (isErrorCode(code) && message !== undefined) {
    return { code, message, details: details ?? {}, retryable: retryable === true }
  }
  const text = error instanceof Error ? error.message : String(error)
  return {
    code: 'DEFECT',
    message: `the command failed in a way that it should not: ${text}; run it again with STATEWARD_DEBUG=1 and report what it prints`,
    details: {},
    retryable: false,
  }
}

function forPeople({ code, message, details }: Failure, { stderr, env }: Pick<Io, 'stderr' | 'env'>): string {
  const paint = paletteFor(stderr, env)
  const lines = [`${paint.red(paint.bold(code))}  ${message}`, ...hints(code, details).map((hint) => paint.dim(hint))]
  return `${lines.join('\n')}\n`
}

/** What to do next, where the message cannot know it. */
function hints(code: string, details: unknown): string[] {
  if (code !== 'CORRUPT') return []
  const damage =
    (details as { readonly damage?: readonly { readonly file: string; readonly line: number }[] }).damage ?? []
  const looks = damage.slice(0, 3).map(({ file, line }) => `  sed -n '${line}p' ${file} | cut -c1-300`)
  if (looks.length === 0) return ['What is wrong: stateward verify']
  return ['To look at what stands there, in the directory of the store:', ...looks]
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
