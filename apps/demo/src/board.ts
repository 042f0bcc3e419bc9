import { styleText } from 'node:util'
import type { WriterEvent } from './events.ts'
import { phaseNames } from './work-plan.ts'

export interface Terminal {
  readonly write: (text: string) => void
  /** 0 where it is no terminal: then a line a change is written, and nothing is drawn over. */
  readonly columns: number
}

interface Cell {
  readonly name: string
  status: string
  phasesDone: number
  worker: string
}

const marks: Readonly<Record<string, string>> = { pending: '·', running: '▶', completed: '✔', failed: '✘' }
const colours = { pending: 'gray', running: 'yellow', completed: 'green', failed: 'red' } as const
const cellColumns = 26
const redrawEveryMs = 50

/** Shows where each spec stands, redrawn in place on a terminal. */
export class Board {
  readonly #terminal: Terminal
  readonly #now: () => number
  readonly #cells = new Map<string, Cell>()
  #acknowledged = 0
  #drawnLines = 0
  #drawnAtMs = Number.NEGATIVE_INFINITY
  #startedMs = 0

  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal
    this.#now = now
    this.#startedMs = now()
  }

  get completed(): number {
    return [...this.#cells.values()].filter(({ status }) => status === 'completed').length
  }

  show(event: WriterEvent): void {
    if (event.kind === 'planned')
      for (const { id, name } of event.specs)
        this.#cells.set(id, { name, status: 'pending', phasesDone: 0, worker: '' })
    if (event.kind === 'acknowledged') this.#acknowledged++
    if (event.kind === 'step') this.#step(event)
    if (this.#terminal.columns > 0 && this.#now() - this.#drawnAtMs >= redrawEveryMs) this.draw()
  }

  #step({ specId, status, phasesDone, worker }: Extract<WriterEvent, { kind: 'step' }>): void {
    const cell = this.#cells.get(specId)
    if (cell === undefined) return
    const changed = cell.status !== status
    Object.assign(cell, { status, phasesDone, worker })
    if (changed && this.#terminal.columns === 0)
      this.#terminal.write(`  ${marks[status] ?? '?'} ${cell.name}: ${status} (${worker})\n`)
  }

  /** Takes over what was found, without a word. */
  catchUp(specId: string, found: { readonly status: string; readonly phasesDone: number }): void {
    const cell = this.#cells.get(specId)
    if (cell !== undefined) Object.assign(cell, found)
  }

  /** Draws over what was drawn before. */
  draw(): void {
    if (this.#terminal.columns === 0) return
    this.#drawnAtMs = this.#now()
    const perLine = Math.max(1, Math.floor(this.#terminal.columns / cellColumns))
    const cells = [...this.#cells.values()].map(drawnCell)
    const lines: string[] = []
    for (let at = 0; at < cells.length; at += perLine) lines.push(`  ${cells.slice(at, at + perLine).join('')}`)
    const seconds = Math.max(0.001, (this.#now() - this.#startedMs) / 1_000)
    const rate = Math.round(this.#acknowledged / seconds)
    lines.push(
      `  ${this.completed} of ${this.#cells.size} completed · ${this.#acknowledged} steps acknowledged, each on the disk · ${rate} a second`,
    )
    const up = this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A`
    this.#terminal.write(up + lines.map((line) => `\u001b[2K${line}\n`).join(''))
    this.#drawnLines = lines.length
  }

  /** What is written next stands below the board, which is not drawn over any more. */
  leave(): void {
    this.draw()
    this.#drawnLines = 0
  }
}

function drawnCell({ name, status, phasesDone }: Cell): string {
  const done = status === 'completed' ? phaseNames.length : phasesDone
  const bar = '■'.repeat(done) + '□'.repeat(Math.max(0, phaseNames.length - done))
  const text = `${marks[status] ?? '?'} ${name}`.slice(0, cellColumns - 6).padEnd(cellColumns - 6)
  const colour = status in colours ? colours[status as keyof typeof colours] : 'white'
  return styleText(colour, `${text} ${bar} `, { validateStream: false }).padEnd(cellColumns)
}
