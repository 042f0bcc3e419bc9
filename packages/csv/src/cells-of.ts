import { StatewardError } from '@stateward/contract'

/** What stands between two delimiters; `undefined` where nothing does, not even quotes. */
export type Cell = string | undefined

/** The cells of one record. Throws `INVALID` for what the grammar of RFC 4180 does not allow. */
export function cellsOf(text: string, delimiter: string): readonly Cell[] {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => (cell === '' ? undefined : cell))
  const cells: Cell[] = []
  for (let at = 0; at <= text.length; ) {
    const end = text[at] === '"' ? endOfQuoted(text, at, cells.length) : endOfPlain(text, at, delimiter)
    const given = text.slice(at, end)
    if (given.startsWith('"')) cells.push(given.slice(1, -1).replaceAll('""', '"'))
    else cells.push(plain(given, cells.length))
    if (end < text.length && text[end] !== delimiter)
      throw invalid(
        `expected cell ${cells.length} to end with the quote that closes it, found ${shown(text.slice(end))} behind; ` +
          'a quote within a cell is written twice',
      )
    at = end + 1
  }
  return cells
}

/** Behind the quote that closes it. */
function endOfQuoted(text: string, from: number, before: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at + 1
  throw invalid(`expected a quote to close cell ${before + 1}, found none up to the end of the text`)
}

function endOfPlain(text: string, from: number, delimiter: string): number {
  const at = text.indexOf(delimiter, from)
  return at < 0 ? text.length : at
}

function plain(cell: string, before: number): Cell {
  if (cell.includes('"'))
    throw invalid(
      `expected a quote to stand only around cell ${before + 1}, or twice within its quotes, found ${shown(cell)}`,
    )
  return cell === '' ? undefined : cell
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function invalid(message: string): StatewardError {
  return new StatewardError('INVALID', message)
}
