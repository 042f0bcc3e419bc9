import { expectEqual } from '../check.ts'
import type { Past, PastVersion, Store } from '../contender.ts'
import { hash } from '../data/hash.ts'
import { type Arm, inTurns, middleOf, ratioOf, type Turns } from '../measure/in-turns.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { readLoop } from '../measure/read-loop.ts'
import { pastOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'

/** Records that are asked about, and how many versions each has, spread over all of the log. */
const asked = 20
const versions = 10
/** Records that the other commits change, in turn. */
const others = 400
/** One log is as long as the size says, the others a tenth and a hundredth of that. */
const parts = [100, 10, 1] as const
const segmentBytes = 4_194_304
/**
 * Of processor time: in a short log neighbours share what is read and unpacked at once, in a long one no two versions do, which
 * makes an end of itself. How long a read takes is for the machine and whoever else is on it to say.
 */
const bar = { atMost: 2 }

/**
 * T1: a record as of some commit, and its history of ten versions, in logs of as many commits as the size says, of a tenth and of a
 * hundredth, in turns within one process; and again when all of them have been compacted, with everything retained.
 */
export const pastAtLength: Workload = {
  id: 'T1',
  title: 'a record as of a commit, in a log of as many commits',
  unit: 'ops/s',
  stage: 'empty',
  takes: [['past', 'compact']],
  async run(session) {
    const logs = new Map<number, LongLog>()
    for (const part of parts) logs.set(part, await LongLog.filled(session, part))
    const arms = armsOf(logs)
    const before = await inTurns(arms, session.timing)
    for (const log of logs.values()) await log.compact()
    const behind = await inTurns(arms, session.timing)
    for (const log of logs.values()) await log.close()
    return {
      ...middleOf(before('get/1')),
      shares: [...sharesOf(before, 'before compaction'), ...sharesOf(behind, 'behind compaction')],
    }
  },
}

/** One log of so many commits, in a directory of its own. */
class LongLog {
  readonly histories: ReadonlyMap<string, readonly PastVersion[]>
  readonly past: Past
  readonly #store: Store

  static async filled(session: Session, part: number): Promise<LongLog> {
    const { data } = session
    // Each of the others is created before it is changed, and so is each that is asked about.
    const commits = Math.max(Math.floor(data.size / part), 2 * asked * versions)
    const store = await session.openBeside(`part-${part}`, { segmentBytes })
    await pastOf(store).write(namesOf(session, commits))
    await store.close()
    const again = await session.openBeside(`part-${part}`, { segmentBytes })
    expectEqual('commits', commits, await pastOf(again).commits())
    const histories = new Map<string, readonly PastVersion[]>()
    for (let at = 0; at < asked; at++) {
      const id = data.idAt(at)
      const history = await pastOf(again).history(id)
      expectEqual(
        `the names of ${id}`,
        Array.from({ length: versions }, (_, version) => nameOf(at, version)),
        history.map(({ name }) => name),
      )
      histories.set(id, history)
    }
    return new LongLog(again, histories)
  }

  private constructor(store: Store, histories: ReadonlyMap<string, readonly PastVersion[]>) {
    this.#store = store
    this.past = pastOf(store)
    this.histories = histories
  }

  async compact(): Promise<void> {
    await this.#store.compact?.(new AbortController().signal)
    for (const [at, [id, history]] of [...this.histories].entries()) {
      expectEqual(`the history of ${id}`, history, await this.past.history(id))
      // Another one of each: all of all would take longer than what is measured.
      const { seq = 0, name } = history[at % history.length] ?? {}
      expectEqual(`${id} as of ${seq}`, name, await this.past.nameAt(id, seq))
    }
  }

  close(): Promise<void> | void {
    return this.#store.close()
  }
}

const nameOf = (at: number, version: number): string => `version ${version} of ${at}`

/** What each commit is of: at even distances a version of one that is asked about, else the next of the others. */
function* namesOf({ data }: Session, commits: number): Generator<{ readonly id: string; readonly name: string }> {
  const every = Math.floor(commits / (asked * versions))
  for (let commit = 0; commit < commits; commit++) {
    const count = Math.floor(commit / every)
    if (commit % every === 0 && count < asked * versions)
      yield { id: data.idAt(count % asked), name: nameOf(count % asked, Math.floor(count / asked)) }
    else yield { id: data.idAt(asked + (commit % others)), name: `commit ${commit}` }
  }
}

function armsOf(logs: ReadonlyMap<number, LongLog>): Record<string, Arm> {
  const arms: Record<string, Arm> = {}
  for (const [part, { past, histories }] of logs) {
    const ids = [...histories.keys()]
    const places = ids.flatMap((id) => (histories.get(id) ?? []).map(({ seq }) => ({ id, seq })))
    arms[`get/${part}`] = {
      run: (now) =>
        readLoop(now, (at) => {
          const { id = '', seq = 0 } = places[hash(0, at, 12) % places.length] ?? {}
          return past.nameAt(id, seq)
        }),
    }
    arms[`history/${part}`] = {
      run: (now) => readLoop(now, (at) => past.history(ids[at % ids.length] ?? '')),
    }
  }
  return arms
}

const timeOf = ({ value }: Measured): number => 1 / value
const cpuOf = ({ cpuUs }: Measured): number | undefined => cpuUs

function sharesOf(turns: Turns<string>, when: string): readonly Share[] {
  return (['get', 'history'] as const).flatMap((what) =>
    ([10, 1] as const).flatMap((part) => {
      const title = `${what} ${when}, in ${100 / part} times as many commits`
      const [these, those] = [turns(`${what}/${part}`), turns(`${what}/100`)]
      return [
        { what: `${title}: time`, ratio: ratioOf(these, those, timeOf) },
        { what: `${title}: processor time`, ratio: ratioOf(these, those, cpuOf), bar },
      ]
    }),
  )
}
