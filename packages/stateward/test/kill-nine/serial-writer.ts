// Sixty-four clients run random transactions on one store of real files until the process is killed. What they see goes into a
// file, synchronously: `b <n> <seq>` before transaction n begins, with the last commit that anybody had been told of; `d <n> <reads>`
// at the end of each try, before it can be committed; `e <n> <seq>` when it was answered.
import { openSync, writeSync } from 'node:fs'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { openSerial } from '../../../core/test/open-serial.ts'
import { runRandom } from '../../../core/test/run-random.ts'

const clients = 64
const [dir = '', seed = '', first = '', told = ''] = process.argv.slice(2)
const file = openSync(told, 'a')
const say = (line: string): void => void writeSync(file, `${line}\n`)

let last = 0
const state = await openSerial({
  // Small segments, so that some of the kills fall into a rotation.
  storage: jsonlStorage({ dir, segmentBytes: 32_768, ballastBytes: 0 }),
  hooks: {
    afterCommit: ({ seq }) => {
      last = Math.max(last, seq)
    },
  },
})
last = (await state.stats()).lastSeq

let next = Number(first)
async function client(): Promise<void> {
  for (;;) {
    const n = next++
    say(`b ${n} ${last}`)
    await runRandom(state, { seed: Number(seed) + n, txid: `x${n}` }, ({ reads, writes }) =>
      say(`d ${n} ${writes} ${reads}`),
    )
    say(`e ${n} ${last}`)
  }
}

await Promise.all(Array.from({ length: clients }, client))
