import { limits, StatewardError } from '@stateward/contract'
import { asTyped } from './typed-answers.ts'

/**
 * The values of JSON lines, one a line, as they come: of a file's stream, of a response's body, of texts. Empty lines are
 * passed over; a last line needs no line feed. `INVALID` (`details.line`, from 1) for one that is no JSON, `TOO_LARGE` for one of more
 * than `limits.textChars` characters. Holds one line.
 */
export async function* jsonLines<Row = unknown>(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<Row> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let line = 0
  for await (const piece of source) {
    const lines = (rest + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }))).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) {
      line++
      if (text.trim() !== '') yield asTyped(parsed(text, line))
    }
    if (rest.length > limits.textChars)
      throw new StatewardError(
        'TOO_LARGE',
        `expected a line of at most ${limits.textChars} characters, found line ${line + 1} to be longer`,
        {
          details: { line: line + 1 },
        },
      )
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield asTyped(parsed(rest, line + 1))
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StatewardError('INVALID', `expected line ${line} to be JSON, found ${text.slice(0, 60)}`, {
      cause,
      details: { line },
    })
  }
}
