import { performance } from 'node:perf_hooks'
import { boardLines } from './board.ts'
import type { Palette } from './paint.ts'
import type { Progress } from './progress.ts'
import type { Screen } from './screen.ts'

const redrawMs = 80
/** The rate of commits is that of the last so many milliseconds. */
const rateMs = 800

/** Shows the progress while a writer works: a board, or a line for each spec that ends. */
export class LiveBoard {
  readonly #screen: Screen
  readonly #progress: Progress
  readonly #paint: Palette
  readonly #title: string
  readonly #started: number
  readonly #linesAbove: number
  readonly #timer: NodeJS.Timeout
  readonly #samples: { readonly at: number; readonly commits: number }[] = []
  #told: number

  constructor({ screen, progress, paint, title, started, linesAbove }: LiveBoardOptions) {
    this.#linesAbove = linesAbove
    this.#screen = screen
    this.#progress = progress
    this.#paint = paint
    this.#title = title
    this.#started = started
    this.#told = progress.events.length
    this.#timer = setInterval(() => this.#show(), redrawMs)
    if (!screen.isLive) screen.say(title)
  }

  #show(): void {
    const now = performance.now()
    const { commits, events } = this.#progress
    this.#samples.push({ at: now, commits })
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > rateMs) this.#samples.shift()
    if (this.#screen.isLive) this.#draw(now)
    else for (; this.#told < events.length; this.#told++) this.#screen.say(this.#line(now, events[this.#told] ?? ''))
  }

  #draw(now: number): void {
    const first = this.#samples[0]
    const seconds = (now - (first?.at ?? now)) / 1_000
    const rate = first === undefined || seconds === 0 ? 0 : (this.#progress.commits - first.commits) / seconds
    const { columns } = this.#screen
    const rows = this.#screen.rows - this.#linesAbove
    const elapsedMs = now - this.#started
    this.#screen.draw(
      boardLines(this.#progress, { title: this.#title, elapsedMs, rate, columns, rows, paint: this.#paint }),
    )
  }

  #line(now: number, event: string): string {
    const completed = this.#progress.count('completed')
    return `  ${((now - this.#started) / 1_000).toFixed(1).padStart(5)} s  ${event.padEnd(32)} ${completed} of ${this.#progress.specs.size} completed`
  }

  /** Shows the last state and leaves it on the terminal. */
  stop(): void {
    clearInterval(this.#timer)
    this.#show()
    this.#screen.leave()
  }
}

export interface LiveBoardOptions {
  readonly screen: Screen
  readonly progress: Progress
  readonly paint: Palette
  readonly title: string
  /** When the demo began, by `performance.now()`. */
  readonly started: number
  /** Lines above the board that are to stay in sight. */
  readonly linesAbove: number
}
