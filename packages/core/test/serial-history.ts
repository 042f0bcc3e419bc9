import type { Seq } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { lifeOver } from './crashing-storage.ts'
import { manualTime } from './manual-time.ts'
import { openSerial, type SerialState } from './open-serial.ts'
import type { Done } from './random-transaction.ts'
import { runRandom } from './run-random.ts'
import { seededRandom } from './seeded-random.ts'
import { turnTimers } from './turn-timers.ts'

/** One transaction as its client saw it. */
export interface Seen {
  readonly seed: number
  /** The last commit that anybody had been told of when it began. */
  readonly began: Seq
  /** What its last run has read and written; `undefined` where it never came so far. */
  done: Done | undefined
  /** The same as `began` when it was answered; `undefined` where a crash came first. */
  ended: Seq | undefined
}

export interface History {
  /** The store behind the last crash, opened again; the caller closes it. */
  readonly state: SerialState
  /** By txid. */
  readonly seen: ReadonlyMap<string, Seen>
  readonly crashes: number
}

const clients = 64
/** About how many transactions one life of the process sees. */
const perLife = 700

/** Lets clients run random transactions at the same time, kills the process under them again and again, and says what each saw. */
export async function serialHistory(count: number, seed: number): Promise<History> {
  const random = seededRandom(seed + 1)
  const pick = (below: number): number => ((random.bytes(1)[0] ?? 0) * below) >> 8
  const log = memoryStorage()
  const seen = new Map<string, Seen>()
  let told: Seq = 0
  const afterCommit = ({ seq }: { readonly seq: Seq }): void => {
    told = Math.max(told, seq)
  }
  const clock = manualTime()
  const open = (storage = log): Promise<SerialState> =>
    openSerial({
      storage,
      clock,
      hooks: { afterCommit },
      timers: turnTimers,
      random: seededRandom(seed + seen.size + 1),
    })
  let crashes = 0
  while (seen.size < count) {
    const life = lifeOver(log, pick)
    const state = await open(life.storage)
    // What has landed under the crash is there for everybody from now on.
    told = Math.max(told, (await state.stats()).lastSeq)
    const end = seen.size + perLife / 2 + pick(perLife)
    const isLast = end >= count
    let isOver = false
    let answered = 0
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        isOver = true
        life.crash()
        resolve()
      }
      const client = async (): Promise<void> => {
        while (!isOver && seen.size < count) {
          const one: Seen = { seed: seed * 1_000_003 + seen.size, began: told, done: undefined, ended: undefined }
          const txid = `x${seen.size}`
          seen.set(txid, one)
          await runRandom(state, { seed: one.seed, txid }, (done) => {
            one.done = done
          })
          if (isOver) return
          one.ended = told
          answered++
          // Not when all have been answered: a crash is to meet them at work.
          if (!isLast && seen.size >= end) stop()
        }
      }
      Promise.all(Array.from({ length: clients }, client)).then(() => resolve(), reject)
    })
    if (answered === 0) throw new Error('a life in which nobody was answered')
    if (!isOver) await state.close()
    else crashes++
  }
  const state = await open()
  return { state, seen, crashes }
}
