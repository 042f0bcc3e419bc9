import type { StatewardError } from '@stateward/contract'
import { asRefusal } from '../validation/check.ts'

/** Of readings that replace one another only the one begun last is heard, whichever comes first. */
export class NewestReading {
  #begun = 0

  /** In the place of those before it. */
  begin<T>(reading: Promise<T>, read: (found: T) => void, failed: (error: StatewardError) => void): void {
    const mine = ++this.#begun
    reading.then(
      (found) => {
        if (mine === this.#begun) read(found)
      },
      (error: unknown) => {
        if (mine === this.#begun) failed(asRefusal(error))
      },
    )
  }

  /** What is being read is of no interest any more. */
  forget(): void {
    this.#begun++
  }
}
