const barWidth = 30
const stepMs = 100

/** What is written to: a terminal, a pipe, or a test's ears. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Writes lines, and above them a bar for what takes long: redrawn on a terminal, a line at each tenth elsewhere. */
export class Progress {
  readonly #out: Output
  readonly #now: () => number
  #drawnAt = Number.NEGATIVE_INFINITY
  #tenths = 0

  constructor(out: Output, now: () => number) {
    this.#out = out
    this.#now = now
  }

  say(line: string): void {
    this.#out.write(`${line}\n`)
  }

  /** Begins a step, and gives what is to be told how far it is. */
  start(label: string, total: number): (done: number) => void {
    this.#drawnAt = Number.NEGATIVE_INFINITY
    this.#tenths = 0
    return (done) => {
      if (this.#out.isTTY === true) this.#redraw(label, done, total)
      else this.#report(label, done, total)
    }
  }

  #redraw(label: string, done: number, total: number): void {
    const now = this.#now()
    if (done < total && now - this.#drawnAt < stepMs) return
    this.#drawnAt = now
    const full = Math.floor((barWidth * done) / total)
    const bar = '█'.repeat(full) + '░'.repeat(barWidth - full)
    this.#out.write(done < total ? `\r  ${bar} ${label} ${count(done)}` : '\r\u001b[2K')
  }

  #report(label: string, done: number, total: number): void {
    const tenths = Math.floor((10 * done) / total)
    if (tenths === this.#tenths) return
    this.#tenths = tenths
    this.say(`  … ${label}: ${count(done)} of ${count(total)}`)
  }
}

/** A number with its thousands apart. */
export function count(number: number): string {
  return number.toLocaleString('en-US').replaceAll(',', ' ')
}

/** Milliseconds as a person reads them. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
