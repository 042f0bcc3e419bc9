import type { Palette } from './paint.ts'
import type { Progress, SpecProgress } from './progress.ts'

export interface BoardOptions {
  readonly title: string
  readonly elapsedMs: number
  /** Commits a second, just now. */
  readonly rate: number
  readonly columns: number
  readonly rows: number
  readonly paint: Palette
}

const eventsShown = 3
/** Lines beside the specs. */
const frameRows = 8

/** The board as lines that fit the terminal: every spec where there is room, otherwise one line an area. */
export function boardLines(progress: Progress, options: BoardOptions): string[] {
  const { title, elapsedMs, columns, rows, paint } = options
  const cells = areaCells(progress)
  const half = Math.ceil(cells.length / 2) + 1
  const specs = half + frameRows < rows ? grid(cells, { half, progress, options }) : areaLines(progress, paint, columns)
  const time = `${(elapsedMs / 1_000).toFixed(1)} s`
  return [
    paint.bold(fit(title, columns - time.length - 2).padEnd(columns - time.length - 1)) + paint.dim(time),
    '',
    ...specs,
    '',
    gauge(progress, options),
    counters(progress, options),
    ...Array.from({ length: eventsShown }, (_, at) => {
      const event = progress.events.at(at - eventsShown)
      return event === undefined ? '' : paint.dim(fit(`  ${event}`, columns))
    }),
  ]
}

/** A heading of an area, or a spec of it. */
type Cell = string | SpecProgress

function areaCells({ specs }: Progress): Cell[] {
  return areasOf(specs).flatMap(([area, members]): Cell[] => [area, ...members])
}

function areasOf(specs: Progress['specs']): [string, SpecProgress[]][] {
  const areas = new Map<string, SpecProgress[]>()
  for (const spec of specs.values()) areas.set(spec.area, [...(areas.get(spec.area) ?? []), spec])
  return [...areas]
}

interface GridOf {
  readonly half: number
  readonly progress: Progress
  readonly options: BoardOptions
}

/** Two columns, cut between areas. */
function grid(cells: readonly Cell[], { half, progress, options }: GridOf): string[] {
  let cut = cells.findIndex((cell, at) => typeof cell === 'string' && at >= cells.length - half)
  if (cut < 0) cut = half
  const width = Math.floor((options.columns - 2) / 2)
  const [left, right] = [cells.slice(0, cut), cells.slice(cut)]
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${cellText(left[at], { width, progress, paint: options.paint })}  ${cellText(right[at], { width, progress, paint: options.paint })}`.trimEnd(),
  )
}

interface CellOf {
  readonly width: number
  readonly progress: Progress
  readonly paint: Palette
}

function cellText(cell: Cell | undefined, { width, progress, paint }: CellOf): string {
  if (cell === undefined) return ' '.repeat(width)
  if (typeof cell === 'string') return paint.bold(fit(cell, width).padEnd(width))
  const { mark, colour } = look(cell, progress, paint)
  const phases = [...cell.phases.values()].map(phaseMark).join('')
  const worker = cell.worker === undefined ? '' : `worker ${cell.worker + 1}`
  const name = fit(cell.name, width - 18).padEnd(width - 18)
  return colour(` ${mark} ${name} ${phases.padEnd(4)} ${worker.padEnd(9)}`.slice(0, width).padEnd(width))
}

function look(
  spec: SpecProgress,
  progress: Progress,
  paint: Palette,
): { mark: string; colour: (text: string) => string } {
  switch (spec.status) {
    case 'completed':
      return { mark: '✓', colour: paint.green }
    case 'running':
      return { mark: '▶', colour: paint.cyan }
    case 'failed':
      return { mark: '✗', colour: paint.red }
    default:
      return progress.isReady(spec) ? { mark: '○', colour: (text) => text } : { mark: '·', colour: paint.dim }
  }
}

function phaseMark(status: string): string {
  if (status === 'completed') return '■'
  if (status === 'failed') return '✗'
  return status === 'running' ? '◧' : '□'
}

function areaLines(progress: Progress, paint: Palette, columns: number): string[] {
  return areasOf(progress.specs).map(([area, members]) => {
    const marks = members.map((spec) => {
      const { mark, colour } = look(spec, progress, paint)
      return colour(mark)
    })
    return `  ${fit(area, columns - 20).padEnd(14)}${marks.join(' ')}`
  })
}

function gauge(progress: Progress, { columns, paint }: BoardOptions): string {
  const total = progress.specs.size
  const completed = progress.count('completed')
  const failed = progress.count('failed')
  const running = progress.count('running')
  const { ready } = progress
  const waiting = total - completed - failed - running - ready
  const words = `${completed} of ${total} completed · ${failed} failed · ${running} running · ${ready} ready · ${waiting} waiting`
  const room = Math.max(0, Math.min(24, columns - words.length - 2))
  const filled = total === 0 ? 0 : Math.round((room * completed) / total)
  return fitPlain(paint.green('█'.repeat(filled)) + paint.dim('░'.repeat(room - filled)), `  ${words}`, columns, room)
}

function counters({ commits, underWay }: Progress, { rate, columns, paint }: BoardOptions): string {
  const words = [
    `${grouped(commits)} commits acknowledged`,
    `${grouped(Math.round(rate))} a second`,
    ...(underWay > 0 ? [`${underWay} writes under way`] : []),
  ]
  return paint.dim(fit(words.join(' · '), columns))
}

function fitPlain(bar: string, words: string, columns: number, room: number): string {
  return bar + fit(words, columns - room)
}

function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`
}

/** `12 345`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
