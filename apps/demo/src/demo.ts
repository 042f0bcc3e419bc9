import { performance } from 'node:perf_hooks'
import { styleText } from 'node:util'
import type { RecoveryReport } from '@stateward/contract'
import { hasCode, openState } from 'stateward'
import { Board, type Terminal } from './board.ts'
import type { Acknowledged, WriterEvent } from './events.ts'
import { type Input, inputFrom } from './input.ts'
import { latenciesOf } from './latencies.ts'
import { lastLines } from './log-lines.ts'
import type { Store } from './store.ts'
import { survivorsOf } from './survivors.ts'
import { watchWriter } from './watch-writer.ts'
import { workPlan } from './work-plan.ts'

const killAfterCompleted = Math.floor(workPlan.length / 2)

/** The main job. Resolves with the exit code: 0 when everything acknowledged was there. */
export async function demo(path: string | undefined, terminal: Terminal): Promise<number> {
  return new Demo(terminal).run(path)
}

class Demo {
  readonly #terminal: Terminal
  readonly #board: Board
  readonly #acknowledged: Acknowledged = new Map()
  #planId: string | undefined
  #steps = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    this.#board = new Board(terminal, () => performance.now())
  }

  async run(path: string | undefined): Promise<number> {
    const input = await inputFrom(path)
    this.#title(`1  A state directory: ${input.dir}`)
    await this.#look(input)

    this.#title('2  Six workers take ready specs of a plan of thirty; every step is on the disk before the next')
    const started = performance.now()
    await watchWriter({ dir: input.dir, planId: undefined, onEvent: (event) => this.#see(event, 'kill half-way') })
    this.#board.leave()

    this.#title('3  The writer was killed with SIGKILL in the middle of a burst of writes. What is left?')
    const lost = await this.#recover(input.dir)

    this.#title('4  A new writer gives back what the dead one held, and goes on')
    await watchWriter({ dir: input.dir, planId: this.#planId, onEvent: (event) => this.#see(event, 'let it finish') })
    this.#board.leave()
    const seconds = (performance.now() - started) / 1_000

    this.#title('5  What this proved')
    const lostAtEnd = await this.#prove(input.dir, seconds)
    await this.#whatNext(input.dir)
    return lost + lostAtEnd === 0 ? 0 : 1
  }

  #see(event: WriterEvent, until: 'kill half-way' | 'let it finish'): 'kill' | undefined {
    if (event.kind === 'planned') this.#planId = event.planId
    if (event.kind === 'acknowledged') {
      this.#steps++
      this.#acknowledged.set(event.id, { type: event.type, rev: event.rev })
    }
    this.#board.show(event)
    return until === 'kill half-way' && this.#board.completed >= killAfterCompleted ? 'kill' : undefined
  }

  async #look({ dir, from }: Input): Promise<void> {
    const started = performance.now()
    await using state = await openState(dir)
    const { records, recordsByType, lastSeq } = await state.stats()
    const ms = Math.round(performance.now() - started)
    if (from === 'new') return this.#say('It is new and empty.')
    const what = from === 'directory' ? 'It was there' : `The ${from.lines} lines of ${from.file} were taken over`
    const types = Object.entries(recordsByType).flatMap(([type, count]) => (count === 0 ? [] : [`${count} ${type}`]))
    this.#say(
      `${what}: ${records} live records (${types.join(', ') || 'none'}) of ${lastSeq} commits, opened in ${ms} ms.`,
    )
    this.#recovered(state.recovery)
  }

  async #recover(dir: string): Promise<number> {
    const started = performance.now()
    await using state = await openState(dir)
    const ms = Math.round(performance.now() - started)
    this.#say(`Opened again in ${ms} ms.`)
    this.#recovered(state.recovery)
    const { acknowledged, lost, beyond } = await survivorsOf(state, this.#acknowledged)
    for (const line of lost) this.#say(styleText('red', `LOST ${line}`))
    const verdict =
      lost.length === 0
        ? styleText('green', 'every one of them is there')
        : styleText('red', `${lost.length} are missing`)
    this.#say(`${this.#steps} steps on ${acknowledged} records had been acknowledged: ${verdict}.`)
    if (beyond > 0)
      this.#say(`${beyond} more had reached the disk when their answers were cut off; they are whole, too.`)
    await this.#catchUp(state)
    return lost.length
  }

  /** Answers that were cut off are news to the board, too. */
  async #catchUp(state: Store): Promise<void> {
    for (const { id, status } of await state.spec.where({ plan_id: this.#planId ?? '' }).all()) {
      const phasesDone = await state.phase.where({ spec_id: id, status: 'completed' }).count()
      this.#board.catchUp(id, { status, phasesDone })
    }
  }

  #recovered({ clean, quarantined }: RecoveryReport): void {
    this.#say(
      clean
        ? 'Its last writer had closed it.'
        : 'Its last writer did not close it; recovery read the tail and found where the log ends.',
    )
    for (const { file, byte, bytes, keptIn } of quarantined) {
      this.#say(`A torn line of ${bytes} bytes at byte ${byte} of ${file} was cut off and is kept in ${keptIn}.`)
    }
  }

  async #prove(dir: string, seconds: number): Promise<number> {
    await using state = await openState(dir)
    const { lost } = await survivorsOf(state, this.#acknowledged)
    const { records, lastSeq, bytes, segments } = await state.stats()
    const { ok } = await state.verify()
    const say = (name: string, value: string): void => this.#say(`${name.padEnd(24)}${value}`)
    say('records', String(records))
    say(
      'commits',
      `${lastSeq} in ${segments} files, ${Math.round(lastSeq / seconds)} a second, the kill and the pauses included`,
    )
    say('bytes', `${bytes} (${Math.round(bytes / Math.max(1, lastSeq))} a commit)`)
    for (const { name, p50Us, p99Us } of await latenciesOf(state, this.#planId ?? '', () => performance.now())) {
      say(name, `p50 ${p50Us.toFixed(1)} µs, p99 ${p99Us.toFixed(1)} µs`)
    }
    say('every line and index', ok ? styleText('green', 'verified') : styleText('red', 'DAMAGED'))
    say(
      'acknowledged and lost',
      lost.length === 0 ? styleText('green', '0 — nothing was lost') : styleText('red', String(lost.length)),
    )
    return lost.length + (ok ? 0 : 1)
  }

  async #whatNext(dir: string): Promise<void> {
    const { file, lines } = await lastLines(dir, 3, Math.max(100, this.#terminal.columns - 3))
    this.#title(`6  The lines themselves: ${dir}/${file}`)
    for (const line of lines) this.#say(line)
    this.#title('Try next')
    for (const command of [
      `npx stateward list spec --dir ${dir} --order updated_at:desc --limit 5`,
      `npx stateward tail --dir ${dir} -n 5`,
      `npx stateward verify --dir ${dir}`,
    ]) {
      this.#say(command)
    }
  }

  #title(text: string): void {
    this.#terminal.write(`\n${styleText('bold', text)}\n`)
  }

  #say(text: string): void {
    this.#terminal.write(`   ${text}\n`)
  }
}

/** What went wrong, for people; the store's own words are good enough. */
export function explained(error: unknown): string {
  if (hasCode(error, 'CORRUPT') || hasCode(error, 'LOCKED') || error instanceof Error) return error.message
  return String(error)
}
