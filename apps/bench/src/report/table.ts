/** Cells as a Markdown table whose columns stand under each other in a terminal, too; the first column to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(3, ...[title, ...rows.map((row) => row[at] ?? '')].map(lengthOf)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => padded(cells[at] ?? '', width, at === 0)).join(' | ')} |`
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function padded(text: string, width: number, left: boolean): string {
  const room = ' '.repeat(width - lengthOf(text))
  return left ? text + room : room + text
}

/** Characters as a terminal shows them: none of what stands in the tables takes two places. */
function lengthOf(text: string): number {
  return [...text].length
}
