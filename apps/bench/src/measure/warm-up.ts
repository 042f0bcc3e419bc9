import { performance } from 'node:perf_hooks'
import { CpuWatch } from './cpu-watch.ts'

const longest = 10
const patience = 2
const improvement = 0.9

/**
 * Tells when code is warm: when two looks in a row have not seen an operation take a tenth less processor time than the
 * best look before. Time by the clock would say more of the machine than of the code.
 */
export class WarmUp {
  readonly #lookMs: number
  readonly #cpu = new CpuWatch()
  #until: number
  #operations = 0
  #looks = 0
  #inVain = 0
  #best = Number.POSITIVE_INFINITY

  constructor(lookMs: number) {
    this.#lookMs = lookMs
    this.#until = performance.now() + lookMs
  }

  /** So many operations have ended. */
  done(operations: number): void {
    this.#operations += operations
  }

  isOver(now: number): boolean {
    if (now >= this.#until && this.#operations > 0) this.#look(now)
    return this.#inVain >= patience || this.#looks >= longest
  }

  #look(now: number): void {
    const each = this.#cpu.stop() / this.#operations
    this.#inVain = each < this.#best * improvement ? 0 : this.#inVain + 1
    this.#best = Math.min(this.#best, each)
    this.#looks++
    this.#operations = 0
    this.#cpu.start()
    this.#until = now + this.#lookMs
  }
}
