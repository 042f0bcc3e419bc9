import type { Transaction } from '../src/index.ts'
import type { SerialDomain, SerialState } from './open-serial.ts'
import { type Act, type Done, type Row, randomTransaction } from './random-transaction.ts'
import { turns } from './turns.ts'

/** Runs the transaction that a seed stands for; `done` hears at the end of each try what it has read and written, before it can be committed. */
export async function runRandom(
  state: SerialState,
  { seed, txid }: { readonly seed: number; readonly txid: string },
  done: (done: Done) => void,
): Promise<void> {
  await state.transaction(
    async (tx) => {
      const steps = randomTransaction(seed)
      for (let step = steps.next([]); ; ) {
        if (step.done === true) {
          done(step.value)
          return
        }
        step = steps.next(await take(tx, step.value))
      }
    },
    { txid, retries: 1_000 },
  )
}

type Tx = Pick<Transaction<SerialDomain>, 'task'>

async function take({ task }: Tx, act: Act): Promise<readonly (Row | undefined)[] | number> {
  switch (act.op) {
    case 'pause':
      await turns(1)
      return 0
    case 'get':
      return [await task.get(act.id)]
    case 'where':
      return task.where({ n: act.n }).all()
    case 'count':
      return task.where({ n: act.n }).count()
    case 'least':
      return task.where().orderBy('n').limit(act.n).all()
    case 'put':
      if ((await task.get(act.id)) === undefined) await task.create({ id: act.id, n: act.n })
      else await task.update(act.id, { n: act.n })
      return 0
    case 'remove':
      if ((await task.get(act.id)) !== undefined) await task.delete(act.id)
      return 0
    default:
      return act satisfies never
  }
}
