// Writes under load until it is killed. What it sends and what was acknowledged goes into a file, synchronously, so that
// the line is in the kernel's hands before the next step is taken: `s <n>` before write n is sent, `a <n>` after it was
// acknowledged. Standard output only tells the parent that it goes on.
import { openSync, writeSync } from 'node:fs'
import { openState } from '../../src/open-state.ts'

const [dir = '', run = '', callers = '32', told = ''] = process.argv.slice(2)
const file = openSync(told, 'a')
const state = await openState(dir)
let next = 0

/** Write n: a creation, a creation with an update behind it, or a pair of creations in one commit. */
async function write(n: number): Promise<void> {
  const name = `${run}/${n}`
  if (n % 3 === 0) {
    await state.plan.create({ name, metadata: { n, part: 'only' } })
  } else if (n % 3 === 1) {
    const plan = await state.plan.create({ name, metadata: { n, part: 'only' } })
    await state.plan.update(plan.id, { description: `updated ${n}` })
  } else {
    await state.transact([
      { op: 'create', type: 'plan', data: { name, metadata: { n, part: 'left' } } },
      { op: 'create', type: 'plan', data: { name, metadata: { n, part: 'right' } } },
    ])
  }
}

async function caller(): Promise<never> {
  for (;;) {
    const n = next++
    writeSync(file, `s ${n}\n`)
    await write(n)
    writeSync(file, `a ${n}\n`)
    process.stdout.write('.')
  }
}

await Promise.all(Array.from({ length: Number(callers) }, caller))
