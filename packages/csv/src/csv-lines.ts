import { type Entity, hasCode, type JsonObject, limits, type SourceLine, StatewardError } from '@stateward/contract'
import { type Cell, cellsOf } from './cells-of.ts'
import { type CsvRecord, csvRecords } from './csv-records.ts'
import { typedRow } from './typed-row.ts'

export interface CsvOptions {
  /** The type of the records, whose schema says what each cell is: `domain.entities.spec`. */
  readonly entity: Entity
  /** One character of ASCII: `,` (default), `;`, a tab … */
  readonly delimiter?: string
  /** The names of the columns, where the first row does not give them but is a row like the others. */
  readonly columns?: readonly string[]
}

/**
 * The rows of a CSV text (RFC 4180, UTF-8 with or without a mark, lines that end in any way) as records for
 * `importLines`: typed by the schema, each with its line. The first row names the columns, and each column is a field.
 * Empty lines are passed over. A cell is a text where the schema takes one there, else a number, a truth value or JSON; an empty one
 * is no field, or where that is refused an empty text. What is wrong with a row stands in its place, as `refused`
 * (`INVALID`, `TOO_LARGE`); what is wrong with the header is thrown, `INVALID`. Holds the rows of 64 KiB of the text, or one that is longer.
 */
export async function* csvLines<Row = JsonObject>(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  options: CsvOptions,
): AsyncGenerator<SourceLine<Row>> {
  const { entity, delimiter = ',', columns } = options
  checkDelimiter(delimiter)
  let names = columns === undefined ? undefined : checkedHeader(columns, options)
  for await (const records of csvRecords(source, delimiter.charCodeAt(0))) {
    for (const record of records) {
      if (record.bytes?.length === 0) continue
      if (names === undefined) names = checkedHeader(headerIn(record, delimiter), options)
      else yield await lineOf<Row>(record, { entity, delimiter, names })
    }
  }
}

interface Table {
  readonly entity: Entity
  readonly delimiter: string
  readonly names: readonly string[]
}

async function lineOf<Row>(record: CsvRecord, { entity, delimiter, names }: Table): Promise<SourceLine<Row>> {
  const { line } = record
  try {
    const cells = cellsOf(textOf(record), delimiter)
    if (cells.length !== names.length)
      throw invalid(`expected ${names.length} cells, one for each column, found ${cells.length}`)
    const row = await typedRow(new Map(names.map((name, at): [string, Cell] => [name, cells[at]])), entity)
    // The schema has taken it: this is where bytes become values.
    return { line, row: row as Row }
  } catch (error) {
    if (hasCode(error, 'INVALID') || hasCode(error, 'TOO_LARGE')) return { line, refused: error as StatewardError }
    throw error
  }
}

function textOf({ bytes, isOpen }: CsvRecord): string {
  if (isOpen)
    throw invalid(
      'expected the quote that opens a cell here to be closed, found the end of the text; all rows from here on are within it',
    )
  if (bytes === undefined)
    throw new StatewardError('TOO_LARGE', `expected a row of at most ${limits.recordBytes} bytes, found a longer one`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new StatewardError('INVALID', 'expected UTF-8, found bytes that are none', { cause })
  }
}

function headerIn(record: CsvRecord, delimiter: string): readonly string[] {
  return cellsOf(textOf(record), delimiter).map((cell) => cell?.trim() ?? '')
}

/** Refuses a header that fits no row, before any is taken. */
function checkedHeader(names: readonly string[], { entity, delimiter = ',' }: CsvOptions): readonly string[] {
  const empty = names.indexOf('')
  if (empty >= 0) throw invalid(`expected a name for each column, found none for column ${empty + 1}`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw invalid(`expected each column once, found ${JSON.stringify(twice)} twice`)
  const [only = ''] = names
  const other = names.length === 1 ? [',', ';', '\t', '|'].find((one) => only.includes(one)) : undefined
  if (other !== undefined)
    throw invalid(
      `expected columns with ${JSON.stringify(delimiter)} between them, found the one column ${JSON.stringify(only)}; ` +
        `is the delimiter ${JSON.stringify(other)}?`,
    )
  const stranger = names.find((name) => entity.fields?.has(name) === false && !systemNames.includes(name))
  if (stranger !== undefined)
    throw invalid(
      `expected columns named as fields (${[...(entity.fields ?? [])].join(', ')}), found ${JSON.stringify(stranger)}`,
    )
  return names
}

const systemNames = ['id', 'rev', 'created_at', 'updated_at']

function checkDelimiter(delimiter: string): void {
  if (delimiter.length === 1 && delimiter.charCodeAt(0) < 128 && !'"\r\n'.includes(delimiter)) return
  throw invalid(
    `expected delimiter to be one character of ASCII that is no quote and no end of a line, found ${JSON.stringify(delimiter)}`,
  )
}

function invalid(message: string): StatewardError {
  return new StatewardError('INVALID', message)
}
