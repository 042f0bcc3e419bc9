import { limits, type SourceLine, StatewardError } from '@stateward/contract'
import { asTyped } from './typed-answers.ts'

/**
 * The values of JSON lines, one a line, as they come: of a file's stream, of a response's body, of texts. Empty lines are
 * passed over; a last line needs no line feed. `INVALID` (`details.line`, from 1) for one that is no JSON, `TOO_LARGE` for one of more
 * than `limits.textChars` characters. Holds one line.
 */
export async function* jsonLines<Row = unknown>(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<Row> {
  for await (const { refused, row } of jsonSourceLines<Row>(source)) {
    if (refused !== undefined) throw refused
    yield asTyped(row)
  }
}

/** As `jsonLines`, for `importLines`: each with its line, and what is refused (`INVALID`, `TOO_LARGE`) in its place. */
export async function* jsonSourceLines<Row = unknown>(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<SourceLine<Row>> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let line = 0
  let isTooLong = false
  for await (const piece of source) {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    const lines = (isTooLong ? text : rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const one of lines) {
      line++
      if (isTooLong || one.length > limits.textChars) yield tooLong(line)
      else if (one.trim() !== '') yield lineOf(one, line)
      isTooLong = false
    }
    // Of a line that is too long only its end is looked for.
    isTooLong ||= rest.length > limits.textChars
  }
  rest += decoder.decode()
  if (isTooLong) yield tooLong(line + 1)
  else if (rest.trim() !== '') yield lineOf(rest, line + 1)
}

function tooLong(line: number): { readonly line: number; readonly refused: StatewardError } {
  const message = `expected a line of at most ${limits.textChars} characters, found line ${line} to be longer`
  return { line, refused: new StatewardError('TOO_LARGE', message, { details: { line } }) }
}

function lineOf<Row>(text: string, line: number): SourceLine<Row> {
  try {
    return { line, row: asTyped(JSON.parse(text)) }
  } catch (cause) {
    const message = `expected line ${line} to be JSON, found ${text.slice(0, 60)}`
    return { line, refused: new StatewardError('INVALID', message, { cause, details: { line } }) }
  }
}
