import type { SimFault, SimOperation, SimStep } from '@stateward/conformance'
import type { Habit } from './crash-points.ts'

/** The protocol without one of its steps. */
export interface Mutant {
  readonly name: string
  /** A new one for each run of a workload: it remembers what came before. */
  readonly habit: () => Habit
  /** Why nothing is lost without the step; where there is no such proof, the mutant must be caught. */
  readonly redundant?: string
  /** A seed whose workload loses something, where others do not, or late: on every run it is looked at first. */
  readonly seen?: number
}

const skip: SimFault = { skip: true }

function without(name: string, operation: SimOperation, path: RegExp, redundant?: string): Mutant {
  const habit = (): Habit => (step) => (step.operation === operation && path.test(step.path) ? skip : undefined)
  return { name, habit, ...(redundant === undefined ? {} : { redundant }) }
}

/** Leaves out the next `operation` on `path` after a step for which `after` holds. */
function withoutNext(
  name: string,
  {
    operation,
    path,
    after,
    redundant,
  }: { operation: SimOperation; path: RegExp; after: (step: SimStep) => boolean; redundant?: string },
): Mutant {
  const habit = (): Habit => {
    let isNext = false
    return (step) => {
      if (isNext && step.operation === operation && path.test(step.path)) {
        isNext = false
        return skip
      }
      isNext ||= after(step)
      return undefined
    }
  }
  return { name, habit, ...(redundant === undefined ? {} : { redundant }) }
}

const log = /^\/store\/log-\d+\.jsonl(\.tmp)?$/
const renamed =
  (path: RegExp) =>
  (step: SimStep): boolean =>
    step.operation === 'rename' && path.test(step.path)
const made =
  (path: RegExp) =>
  (step: SimStep): boolean =>
    step.operation === 'makeDirectory' && path.test(step.path)
const wrote =
  (path: RegExp, text = '') =>
  (step: SimStep): boolean =>
    step.operation === 'write' && path.test(step.path) && textOf(step).includes(text)

const textOf = ({ written }: SimStep): string => Buffer.from(written?.from ?? []).toString('latin1')

/** Leaves out the syncs of a log's segment by their number: the first is that of its making, later ones are of batches. */
function syncsOfSegments(name: string, isSkipped: (count: number) => boolean): Mutant {
  const habit = (): Habit => {
    const counts = new Map<string, number>()
    return ({ operation, path }) => {
      if (operation === 'create') counts.delete(path)
      if (operation !== 'datasync' || !/^\/store\/log-\d+\.jsonl\.tmp$/.test(path)) return undefined
      const count = (counts.get(path) ?? 0) + 1
      counts.set(path, count)
      return isSkipped(count) ? skip : undefined
    }
  }
  return { name, habit }
}

const store = /^\/store$/

/** Every step of the protocol that a disk can be made to leave out. */
export const mutants: readonly Mutant[] = [
  syncsOfSegments('the sync of a batch', (count) => count > 1),
  syncsOfSegments('the sync of a new segment', (count) => count === 1),
  withoutNext('the sync of the line that closes', { operation: 'datasync', path: log, after: wrote(log, '"$close"') }),
  without('the sync of a base', 'datasync', /\/base-/),
  { ...without('the sync of an archive', 'datasync', /\.gz\.tmp$/), seen: 3 },
  without('the sync of the manifest', 'datasync', /\/manifest\.json\.tmp$/),
  without(
    'the sync of the former manifest',
    'datasync',
    /\/manifest\.prev\.json\.tmp$/,
    "nothing is decided by what the former manifest says, only by its name's being there",
  ),
  without('the sync of what is kept aside', 'datasync', /\/quarantine\//),
  without(
    'the sync of a cut',
    'datasync',
    /^\/store\/log-\d+\.jsonl$/,
    'the manifest names the end of the segment and what lay behind it before the cut is made',
  ),
  without('any sync of the directory', 'syncDirectory', store),
  without('the sync of the directory above', 'syncDirectory', /^\/$/),
  { ...without('the sync of the archive directory', 'syncDirectory', /\/archive$/), seen: 3 },
  without('the sync of the quarantine directory', 'syncDirectory', /\/quarantine$/),
  withoutNext('the sync of the names that a dead process left', {
    redundant: 'the directory is synced again for the name of the new segment, before anything is published or served',
    operation: 'syncDirectory',
    path: store,
    after: wrote(/\/LOCK$/),
  }),
  withoutNext('the sync of the name of a segment', {
    operation: 'syncDirectory',
    path: store,
    after: renamed(/\/log-/),
  }),
  {
    ...withoutNext('the sync of the name of the manifest', {
      operation: 'syncDirectory',
      path: store,
      after: renamed(/\/manifest\.json$/),
    }),
    seen: 5,
  },
  withoutNext('the sync of the name of a base', { operation: 'syncDirectory', path: store, after: renamed(/\/base-/) }),
  withoutNext('the sync of the name of quarantine', {
    redundant: 'the directory is synced for the new segment before anything is cut or served',
    operation: 'syncDirectory',
    path: store,
    after: made(/\/quarantine$/),
  }),
  {
    ...withoutNext('the sync of the name of the archive', {
      operation: 'syncDirectory',
      path: store,
      after: made(/\/archive$/),
    }),
    seen: 25,
  },
  without('the renaming of a segment', 'rename', /\/log-/),
  without('the renaming of the manifest', 'rename', /\/manifest\.json$/),
  without(
    'the renaming of the former manifest',
    'rename',
    /\/manifest\.prev\.json$/,
    'nothing is decided by what the former manifest says, and the current one is still there',
  ),
  without('the renaming of a base', 'rename', /\/base-/),
  { ...without('the renaming of an archive', 'rename', /\.gz$/), seen: 3 },
  without('the renaming of what is kept aside', 'rename', /\/quarantine\//),
  without('the writing of a batch or header', 'write', log),
  without('the writing of a base', 'write', /\/base-/),
  { ...without('the writing of an archive', 'write', /\.gz\.tmp$/), seen: 3 },
  without('the writing of the manifest', 'write', /\/manifest\.json\.tmp$/),
  without('the writing of what is kept aside', 'write', /\/quarantine\//),
  without(
    'the writing of who holds the lock',
    'write',
    /\/LOCK$/,
    "the lock is the open file's; the note tells people who holds it",
  ),
  without(
    'the cut',
    'truncate',
    log,
    'the manifest names the end of the segment, and what lies behind it is of no log',
  ),
  without('the removal of temporary files', 'remove', /\.tmp$/),
  without(
    'the removal of obsolete files',
    'remove',
    /\/(log|base)-\d+\.jsonl$/,
    'what the manifest calls obsolete is of no log, and is removed at the next opening',
  ),
]
