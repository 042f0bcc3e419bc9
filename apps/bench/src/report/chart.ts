import { isMoreBetter } from '../workload.ts'
import { compare, oursOf } from './compare.ts'
import { short, shortSize } from './numbers.ts'
import { scaleOf } from './scale.ts'
import type { Group, Summary } from './summary.ts'

const width = 860
const left = 150
const barWidth = 500
const rowHeight = 26
const barHeight = 16
const top = 62

/**
 * The medians of one workload at one size as an SVG drawing: a bar each, in the order of the table, with a line from the
 * least to the greatest round. Who promises something else than Stateward has a hatched bar, a limit an outlined one.
 * `undefined` where nobody was measured.
 */
export function chart(group: Group): string | undefined {
  const { workload, size, summaries } = group
  if (summaries.length === 0) return undefined
  const ours = oursOf(group)
  const scale = scaleOf(
    summaries.map(({ min }) => min),
    summaries.map(({ max }) => max),
  )
  const place = (value: number): number => left + scale.share(value) * barWidth
  const bottom = top + summaries.length * rowHeight
  const title = `${workload.id} ${workload.title}${size === 0 ? '' : `, ${shortSize(size)} records`}`
  const better = isMoreBetter(workload) ? 'more is better' : 'less is better'
  const axis = `${workload.unit}, ${better}${scale.isLogarithmic ? ', each line ten times the one before' : ''}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 34}" width="${width}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    hatching,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text({ x: 14, y: 24, words: title, style: 'font-size="15" font-weight="600"' }),
    text({ x: 14, y: 44, words: axis, style: 'fill="#57606a" font-size="12"' }),
    ...scale.ticks.flatMap((tick) => [
      `<line x1="${at(place(tick))}" x2="${at(place(tick))}" y1="${top - 6}" y2="${bottom}" stroke="#d8dee4"/>`,
      text({
        x: place(tick),
        y: bottom + 18,
        words: short(tick),
        style: 'fill="#57606a" font-size="11" text-anchor="middle"',
      }),
    ]),
    ...summaries.map((summary, row) => barOf(summary, { ours, place, y: top + row * rowHeight })),
    '</svg>\n',
  ].join('\n')
}

const hatching =
  '<defs><pattern id="unlike" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<rect width="6" height="6" fill="#eaeef2"/><line x1="0" x2="0" y1="0" y2="6" stroke="#8c959f" stroke-width="3"/></pattern></defs>'

interface BarOptions {
  readonly ours: Summary | undefined
  readonly place: (value: number) => number
  readonly y: number
}

function barOf(summary: Summary, { ours, place, y }: BarOptions): string {
  const { contender, median, min, max } = summary
  const middle = y + barHeight / 2
  const unlike = ours !== undefined && compare(ours, summary).kind === 'unlike'
  return [
    text({ x: left - 10, y: middle + 4, words: contender.name, style: 'text-anchor="end"' }),
    `<rect x="${left}" y="${y}" width="${at(Math.max(1, place(median) - left))}" height="${barHeight}" ${fillOf(summary, unlike)}/>`,
    `<line x1="${at(place(min))}" x2="${at(place(max))}" y1="${middle}" y2="${middle}" stroke="#24292f"/>`,
    text({ x: place(max) + 8, y: middle + 4, words: `${unlike ? '≠ ' : ''}${short(median)}`, style: '' }),
  ].join('\n')
}

function fillOf({ contender }: Summary, unlike: boolean): string {
  if (contender.role === 'limit') return 'fill="#ffffff" stroke="#8c959f" stroke-dasharray="4 2"'
  if (contender.role === 'stateward') return 'fill="#0969da"'
  return unlike ? 'fill="url(#unlike)"' : 'fill="#8c959f"'
}

interface Words {
  readonly x: number
  readonly y: number
  readonly words: string
  readonly style: string
}

function text({ x, y, words, style }: Words): string {
  return `<text x="${at(x)}" y="${at(y)}" ${style}>${escaped(words)}</text>`
}

/** Drawings of the same figures are the same bytes: a tenth of a pixel is enough. */
function at(pixels: number): string {
  return String(Math.round(pixels * 10) / 10)
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
