import { displayWidth, fitted } from './display-width.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** How the cell looks; must not change its width. Default: as it is. */
  readonly paint?: (text: string) => string
  /** Which columns go first where the terminal is too narrow for all: the lowest. Default 0. */
  readonly keep?: number
  /** Never cut, such as an id that somebody may want to copy. */
  readonly whole?: boolean
}

export interface TableOptions {
  /** Columns of the terminal; absent: as wide as it takes. */
  readonly width?: number | undefined
  readonly paintTitle?: (text: string) => string
}

const gap = '  '
/** Columns are cut down to this width before the first of them goes. */
const narrowest = 12

/** Lines of a table: titles, then rows. Cells must be printable. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, paintTitle = (text) => text }: TableOptions = {},
): string[] {
  const natural = columns.map(({ title }, at) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), displayWidth(title)),
  )
  const widths = width === undefined ? natural : narrowed(columns, natural, width)
  const shown = columns.flatMap((column, at) => (widths[at] === 0 ? [] : [{ ...column, at, width: widths[at] ?? 0 }]))
  const line = (cells: readonly string[], paintOf: (column: Column) => Column['paint']): string =>
    shown
      .map((column) => cell(cells[column.at] ?? '', column, paintOf(column)))
      .join(gap)
      // Whoever copies a line gets no blanks behind it.
      .trimEnd()
  return [
    line(
      columns.map(({ title }) => title),
      () => paintTitle,
    ),
    ...rows.map((row) => line(row, ({ paint }) => paint)),
  ]
}

function cell(text: string, { width, align }: Column & { width: number }, paint: Column['paint']): string {
  const shown = fitted(text, width)
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)))
  const painted = shown === '' || paint === undefined ? shown : paint(shown)
  return align === 'right' ? space + painted : painted + space
}

/** Widths that fit: the widest columns give way first, down to a least width; then whole columns go. 0: not shown. */
function narrowed(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  for (;;) {
    const surplus = totalOf(widths) - width
    if (surplus <= 0) return widths
    const cuttable = widths.flatMap((one, at) => (columns[at]?.whole === true ? [] : [{ one, at }]))
    const [widest, next] = cuttable.sort((left, right) => right.one - left.one)
    if (widest !== undefined && widest.one > narrowest) {
      // Down to the next widest, so that columns of one width shrink together.
      const least = Math.max(narrowest, Math.min(next?.one ?? 0, widest.one - 1))
      widths[widest.at] = Math.max(least, widest.one - surplus)
      continue
    }
    const shown = columns.flatMap(({ keep = 0 }, at) => (widths[at] === 0 ? [] : [{ keep, at }]))
    const least = shown.sort((left, right) => left.keep - right.keep || right.at - left.at)[0]
    if (shown.length <= 1 || least === undefined) return widths.map((one) => Math.min(one, Math.max(1, width)))
    // What has gone leaves room: the others start again from what they would take.
    return narrowed(
      columns,
      natural.map((one, at) => (at === least.at || widths[at] === 0 ? 0 : one)),
      width,
    )
  }
}

function totalOf(widths: readonly number[]): number {
  const shown = widths.filter((one) => one > 0)
  return shown.reduce((sum, one) => sum + one, 0) + gap.length * Math.max(0, shown.length - 1)
}
