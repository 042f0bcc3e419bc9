import { test } from 'vitest'
import { claims, type RigId } from './claims.ts'
import { replayOf } from './replay.ts'

/** What a rig found, as it reaches the table: plain data. */
export interface RigResult {
  readonly id: RigId
  readonly count: number
  readonly seed: number
  /** Lines that are printed below the table: a matrix, for example. */
  readonly notes: readonly string[]
}

declare module 'vitest' {
  interface TaskMeta {
    rig?: RigResult
  }
}

/** What the body of a rig is given. */
export interface RigRun {
  /** How many cases this run is to look at: the claim's number at the present scale, or this file's part of it. */
  readonly target: number
  /** The first seed. */
  readonly seed: number
  /** True when a seed was asked for by `STATEWARD_SEED`: look at this one only. */
  readonly isReplay: boolean
  /**
   * Looks at one seed after the other until the target is reached; `look` resolves with how many cases it looked at. A
   * failure says its seed and the command that replays it.
   */
  each(look: (seed: number) => Promise<number> | number): Promise<number>
  /** Prints lines below the table of counts. */
  note(lines: readonly string[]): void
  /** Ends the rig, loudly: it is counted among the skipped, and the reason is printed. */
  skip(reason: string): never
}

export interface RigOptions {
  /** Which part of the claim this file runs, where several files share it: `[0, 2]` and `[1, 2]`. */
  readonly part?: readonly [index: number, of: number]
}

const nightlyMs = 12 * 60 * 60_000
const everyMs = 15 * 60_000

/**
 * One test of the reliability programme. The body looks at cases and resolves with how many it looked at; the count is
 * held against the claim of this id in `claims.ts` and printed in the table at the end of the run.
 *
 * - Scale: `STATEWARD_TEST_SCALE` is `every` (or nothing), `nightly`, or a factor such as `0.1` while you work on it.
 * - Seeds: 1, 2, 3 … on every run, so that a red run has a cause in the change; random ones at night. A failure prints
 *   the seed and the one command that replays it, which sets `STATEWARD_SEED`.
 *
 * ```ts
 * rig('crash', ({ each }) => each(async (seed) => recoveriesOf(seed)))
 * ```
 */
export function rig(
  id: RigId,
  body: (run: RigRun) => Promise<number>,
  { part: [index, of] = [0, 1] }: RigOptions = {},
): void {
  const { claim, unit, ...counts } = claims[id]
  const scale = scaleOf(process.env.STATEWARD_TEST_SCALE)
  const timeout = scale === 'nightly' ? nightlyMs : everyMs * Math.max(1, scale)
  test(`${id}: ${claim}`, { timeout }, async ({ task, skip }) => {
    const asked = process.env.STATEWARD_SEED
    const isReplay = asked !== undefined
    const seed = isReplay ? Number(asked) : (scale === 'nightly' ? randomSeed() : 1) + index
    const target = Math.ceil((scale === 'nightly' ? counts.nightly : counts.every * scale) / of)
    const notes: string[] = []
    const take = (count: number): void => {
      task.meta.rig = { id, count, seed, notes }
    }
    take(0)
    const fail = (at: number, cause: unknown): never => {
      const command = `STATEWARD_SEED=${at} ${replayOf(id, task.file.name)}`
      throw new Error(`${id}, seed ${at}: ${messageOf(cause)}\nreplay: ${command}`, { cause })
    }
    let looked = 0
    const each: RigRun['each'] = async (look) => {
      for (let at = seed; looked < target; at += of) {
        looked += await Promise.resolve(at)
          .then(look)
          .catch((cause: unknown) => fail(at, cause))
        take(looked)
        if (isReplay) break
      }
      return looked
    }
    const run: RigRun = {
      target,
      seed,
      isReplay,
      each,
      note: (lines) => void notes.push(...lines),
      skip: (reason) => {
        notes.push(`${id} was skipped: ${reason}`)
        return skip(reason)
      },
    }
    const count = await (isReplay ? body(run) : withoutStacks(() => body(run)))
    take(count)
    if (!isReplay && count < target) throw new Error(`${id} looked at ${count} ${unit}, and claims ${target}`)
  })
}

/**
 * Most of the cases of a rig end in an error, as they should, and nobody reads where it was made: looking for that takes a
 * tenth of the time of some. A replay has the stacks.
 */
async function withoutStacks<T>(action: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await action()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function scaleOf(given: string | undefined): number | 'nightly' {
  if (given === 'nightly') return given
  const factor = Number(given ?? 1)
  return Number.isFinite(factor) && factor > 0 ? factor : 1
}

const randomSeed = (): number => Math.floor(Math.random() * 2 ** 30)

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause === undefined ? cause.message : `${cause.message}: ${messageOf(cause.cause)}`
}
