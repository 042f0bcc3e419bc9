import type { Contender } from '../contender.ts'
import { isFit, type Stage, type Workload } from '../workload.ts'
import { bulkLoad } from '../workloads/bulk-load.ts'

/** One contender's turn: one process, on one store. */
export interface Turn {
  readonly stage: Stage
  readonly contender: Contender
  readonly workloads: readonly Workload[]
  /** Records in the store; 0 for a fresh one, which has the same few whatever size is asked for. */
  readonly size: number
  readonly round: number
}

export interface TurnsOptions {
  readonly workloads: readonly Workload[]
  readonly contenders: readonly Contender[]
  readonly sizes: readonly number[]
  readonly rounds: number
}

/**
 * Who does what, in order: for each workload (those that only read go together) A B C A B C, as often as there are rounds.
 * Before what needs a loaded store, its contender loads one, whether that is asked for or not.
 */
export function turnsOf(options: TurnsOptions): readonly Turn[] {
  const of = (stage: Stage): readonly Workload[] => options.workloads.filter((workload) => workload.stage === stage)
  const alone = (stage: Stage, size: number): Turn[] => of(stage).flatMap((one) => inTurns(options, [one], size))
  return [
    ...alone('fresh', 0),
    ...options.sizes.flatMap((size) => {
      const later = [
        ...inTurns(options, of('loaded'), size),
        ...alone('start', size),
        ...alone('killed', size),
        ...alone('changed', size),
      ]
      return [...loads(options, later, size), ...later, ...alone('empty', size)]
    }),
  ]
}

function inTurns({ contenders, rounds }: TurnsOptions, group: readonly Workload[], size: number): Turn[] {
  return Array.from({ length: rounds }, (_, round) =>
    contenders.flatMap((contender): Turn[] => {
      const fit = group.filter((workload) => isFit(workload, contender))
      return fit[0] === undefined ? [] : [{ stage: fit[0].stage, contender, workloads: fit, size, round }]
    }),
  ).flat()
}

/** Who loads the stores that this contender opens. */
export function loaderOf(contender: Contender): Contender {
  return contender.loadedBy ?? contender
}

function loads(options: TurnsOptions, later: readonly Turn[], size: number): readonly Turn[] {
  const measured = options.workloads.includes(bulkLoad) ? inTurns(options, [bulkLoad], size) : []
  const opening = later.filter(({ stage, contender }) => stage !== 'killed' && contender.abilities.includes('reopen'))
  const needed = new Set(opening.map(({ contender }) => loaderOf(contender)))
  for (const { contender } of measured) needed.delete(contender)
  return [...measured, ...inTurns({ ...options, contenders: [...needed], rounds: 1 }, [bulkLoad], size)]
}
