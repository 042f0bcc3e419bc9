import { type LogBatch, type ScrubOptions, type ScrubPortion, type Seq, StatewardError } from '@stateward/contract'
import { CachingHandle } from './caching-handle.ts'

/** So many cells make a part; the last of them is complete when all of its cells are there. */
const partCells = 8

/** A handle with every part of the contract that a storage may leave out. What is broken on purpose is derived from it. */
export class CompleteHandle extends CachingHandle {
  retired = false
  readonly retire = (): Promise<void> => this.goAway()
  readonly readKept = (from: Seq): AsyncIterable<LogBatch> => this.keptCommits(from, this.log.commits.length)
  readonly scrub = (options: ScrubOptions = {}): AsyncIterable<ScrubPortion> => this.portions(options)

  override get holds(): boolean {
    return super.holds && !this.retired
  }

  async goAway(): Promise<void> {
    this.retired = true
    await this.last.catch(() => undefined)
  }

  override async append(...given: Parameters<CachingHandle['append']>): ReturnType<CachingHandle['append']> {
    this.checkWrites()
    return super.append(...given)
  }

  override checkSaving(signal?: AbortSignal): void {
    this.checkWrites()
    super.checkSaving(signal)
  }

  checkWrites(): void {
    if (!this.holds) throw new StatewardError('CLOSED', 'retired')
  }

  async *keptCommits(from: Seq, tail: Seq): AsyncGenerator<LogBatch> {
    this.checkOpen()
    for (let seq = from; seq <= tail; seq++) yield* this.commit(seq)
  }

  async *portions({ from, signal }: ScrubOptions): AsyncGenerator<ScrubPortion> {
    const parts = Math.floor(this.log.cells.length / partCells)
    const at = typeof from?.at === 'number' ? from.at : 0
    this.checkScrubbing(signal)
    for (let cell = at; cell < parts * partCells; cell++) {
      yield this.portion(cell)
      this.checkScrubbing(signal)
    }
  }

  portion(cell: number): ScrubPortion {
    return {
      file: `part ${Math.floor(cell / partCells)}`,
      bytes: this.log.cells[cell]?.length ?? 0,
      damage: [],
      ends: cell % partCells === partCells - 1,
      next: { at: cell + 1 },
    }
  }

  checkScrubbing(signal: AbortSignal | undefined): void {
    this.checkOpen()
    this.checkWrites()
    if (signal?.aborted) throw new StatewardError('ABORTED', 'aborted')
  }
}
