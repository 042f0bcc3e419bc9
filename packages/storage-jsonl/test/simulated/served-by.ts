import type { LogWriter, Seq } from '@stateward/contract'
import { whyWrongBase } from './mixed-workload.ts'

/** Throws when a promise is broken. Cheaper than an assertion library's, which shows at a hundred thousand recoveries. */
export function expectThat(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Error(otherwise())
}

/** Adds to a failure where it happened. */
export async function within<T>(context: string, done: Promise<T>): Promise<T> {
  return done.catch((cause: unknown) => {
    throw new Error(context, { cause })
  })
}

/** How many commits a store serves; rejects unless they are an exact prefix of `given`, or behind a base that holds. */
export async function servedBy(writer: LogWriter, given: readonly Buffer[]): Promise<Seq> {
  const { firstSeq } = await writer.stats()
  const wrong = await whyWrongBase(writer, given, firstSeq - 1)
  expectThat(wrong === undefined, () => wrong ?? '')
  let seq = firstSeq - 1
  for await (const { firstSeq: at, records } of writer.read(firstSeq)) {
    expectThat(at === seq + 1, () => `commit ${at} follows ${seq}`)
    for (const record of records) {
      const expected = given[seq++]
      expectThat(expected?.equals(record) === true, () => `commit ${seq} is not what was given`)
    }
  }
  return seq
}
