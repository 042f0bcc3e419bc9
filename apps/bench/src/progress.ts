import { shortSize } from './report/numbers.ts'
import type { Turn } from './run/turns.ts'

interface Out {
  readonly isTTY?: boolean
  readonly write: (text: string) => unknown
}

const barWidth = 24

/** Says whose turn it is and how long the rest will take: one line that is written over, or one a turn where nobody looks. */
export class Progress {
  readonly #turns: number
  readonly #out: Out
  readonly #now: () => number
  readonly #started: number

  constructor(turns: number, out: Out, now: () => number) {
    this.#turns = turns
    this.#out = out
    this.#now = now
    this.#started = now()
  }

  show({ workloads, contender, size, round }: Turn, at: number): void {
    const what = `${workloads.map(({ id }) => id).join(' ')} · ${shortSize(size)} · ${contender.name} · round ${round + 1}`
    const spent = this.#now() - this.#started
    const left = at === 0 ? '' : ` · ${minutes((spent / at) * (this.#turns - at))} left`
    if (this.#out.isTTY !== true) {
      this.#out.write(`[${at + 1}/${this.#turns}] ${what}${left}\n`)
      return
    }
    const full = Math.floor((at / this.#turns) * barWidth)
    this.#out.write(`\r\u001b[2K${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${what}${left}`)
  }

  end(): void {
    if (this.#out.isTTY === true) this.#out.write('\r\u001b[2K')
  }
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
