import { jsonlStorage } from '../src/index.ts'
import { recordOf } from './records.ts'

/**
 * A process of its own that appends to the store in its first argument until it is killed. Prints `open`, then the seq
 * of each commit once it is acknowledged, or `refused` and why as JSON.
 */
const [, , dir = '', callers = '8'] = process.argv

try {
  const { writer, recovery } = await jsonlStorage({ dir, segmentBytes: 65_536 }).openWriter('child')
  process.stdout.write('open\n')
  let next = recovery.lastSeq
  const call = async (): Promise<never> => {
    for (;;) {
      const expectedSeq = next++
      const options = { expectedSeq, commitId: `c${expectedSeq}`, durability: 'commit' } as const
      const { lastSeq } = await writer.append([recordOf(expectedSeq + 1, expectedSeq % 50)], options)
      process.stdout.write(`${lastSeq}\n`)
    }
  }
  await Promise.all(Array.from({ length: Number(callers) }, call))
} catch (error) {
  process.stdout.write(`refused ${JSON.stringify(error)}\n`)
}
