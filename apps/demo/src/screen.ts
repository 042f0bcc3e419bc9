/** What the demo writes to. */
export type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

const leastColumns = 80
const leastRows = 17
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const clearLine = '\u001b[2K'

/** A terminal on which a board is redrawn in place, and text is written below it. */
export class Screen {
  readonly #terminal: Terminal
  #drawn = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Whether a board can be redrawn: otherwise lines are written as things happen. */
  get isLive(): boolean {
    return this.#terminal.isTTY === true && this.columns >= leastColumns && this.rows >= leastRows
  }

  get columns(): number {
    return this.#terminal.columns ?? leastColumns
  }

  get rows(): number {
    return this.#terminal.rows ?? leastRows
  }

  /** Replaces the board. */
  draw(lines: readonly string[]): void {
    const back = this.#drawn === 0 ? hideCursor : `\u001b[${this.#drawn}A`
    this.#terminal.write(`${back}\r${lines.map((line) => `${clearLine}${line}\n`).join('')}`)
    this.#drawn = lines.length
  }

  /** Leaves the board where it is; what comes next is below it. */
  leave(): void {
    if (this.#drawn > 0) this.#terminal.write(showCursor)
    this.#drawn = 0
  }

  say(text = ''): void {
    this.#terminal.write(`${text}\n`)
  }
}
