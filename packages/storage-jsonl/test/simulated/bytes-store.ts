import { boot, SimClock, SimMedium } from '@stateward/conformance'
import type { BaseChunk, Seq } from '@stateward/contract'
import { append, recordOf } from '../records.ts'
import { type MakeStorage, simStorage } from './sim-storage.ts'

/** A store with a file of every kind, and what it holds. */
export interface BytesStore {
  readonly medium: SimMedium
  readonly given: readonly Buffer[]
  /** The segment that was being written when the process ended. */
  readonly active: string
  /** The last commit that the manifest proves to have been durable. */
  readonly known: Seq
}

/** What the store keeps as a cache. */
export const cached: Buffer = Buffer.from('what can be made again from the log. '.repeat(4))

const tx = (name: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: 'tx',
      timestamp: '2024-01-20T10:00:01.000Z',
      data: {
        ops: [
          { type: 'plan', data: { id: name }, rev: 1 },
          { type: 'delete', target: 'plan', id: 'p1', rev: 2 },
        ],
      },
      txid: `t-${name}`,
    }),
  )

/**
 * Makes a store of two openings: an archived segment, a base, a sealed segment, the manifest before this one, and an
 * active segment with commits, a transaction and control lines. It is `closed` in order, or its process is killed.
 */
export async function bytesStore(seed: number, end: 'closed' | 'killed', make?: MakeStorage): Promise<BytesStore> {
  const medium = new SimMedium()
  const clock = new SimClock()
  const options = { clock, timers: clock, seed, ...(make === undefined ? {} : { make }) }
  const given: Buffer[] = []
  const fill = (index: number): number => ((index + seed) * 7) % 11
  const next = (count: number): Buffer[] => {
    const records = Array.from({ length: count }, (_, index) => {
      const seq = given.length + index + 1
      return seq % 4 === 0 ? tx(`x${seq}`) : recordOf(seq, fill(seq))
    })
    given.push(...records)
    return records
  }
  const first = await simStorage(boot(medium), options).openWriter('first')
  await append(first.writer, next(3))
  await first.writer.close()
  const second = await simStorage(boot(medium), options).openWriter('second')
  await append(second.writer, next(2))
  await second.writer.saveBase(3, rowsOf(given))
  await second.writer.truncate(3)
  await second.writer.close()
  const third = await simStorage(boot(medium), options).openWriter('third')
  await append(third.writer, next(2))
  await append(third.writer, next(3))
  clock.pass(50)
  await append(third.writer, next(2))
  await third.writer.caches?.save('state', async (put) => {
    await put(cached)
    return 5
  })
  await append(third.writer, next(6))
  if (end === 'closed') await third.writer.close()
  medium.kill()
  const logs = [...medium.files().keys()].filter((path) => /^\/store\/log-/.test(path)).sort()
  return { medium: medium.copy(), given, active: logs.at(-1) ?? '', known: end === 'closed' ? given.length : 0 }
}

async function* rowsOf(given: readonly Buffer[]): AsyncGenerator<BaseChunk> {
  yield { seqs: [3], records: given.slice(2, 3) }
}
