import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'
import { SlotRows } from './slot-rows.ts'

/** Hands out small numbers, those given back first, so that tables indexed by them stay as long as they must be. */
export class NumberPool implements Imaged {
  /** For a free number, the one freed before it, plus one. */
  readonly #freedBefore = new SlotRows(1)
  #lastFreed = 0
  #used = 0

  /** One more than the highest number ever taken. */
  get used(): number {
    return this.#used
  }

  /** Whether the next `take` will give a number that was never taken. */
  get isDry(): boolean {
    return this.#lastFreed === 0
  }

  /** The number freed last, else the lowest that was never taken. */
  take(): number {
    if (this.#lastFreed === 0) return this.#used++
    const number = this.#lastFreed - 1
    this.#lastFreed = this.#freedBefore.get(number, 0)
    return number
  }

  free(number: number): void {
    this.#freedBefore.set(number, 0, this.#lastFreed)
    this.#lastFreed = number + 1
  }

  get bytes(): number {
    return this.#freedBefore.bytes
  }

  release(): readonly ArrayBufferView[] {
    return this.#freedBefore.release()
  }

  save(image: ImageWriter): void {
    this.#freedBefore.save(image)
    image.numbers(this.#lastFreed, this.#used)
  }

  load(image: ImageReader): void {
    this.#freedBefore.load(image)
    const [lastFreed = 0, used = 0] = image.numbers(2)
    this.#lastFreed = lastFreed
    this.#used = used
  }

  clear(): void {
    this.#freedBefore.clear()
    this.#lastFreed = 0
    this.#used = 0
  }
}
