import type { Command, Question } from '@stateward/contract'
import { claimCommand, claimNextCommand } from './claim-commands.ts'
import { blockersQuestion, unblocksQuestion } from './dependency-questions.ts'
import { fencedCommand, heartbeatCommand, releaseCommand } from './holder-commands.ts'
import { deadEndsQuestion, integrityQuestion, levelsQuestion } from './plan-questions.ts'
import { reapCommand } from './reap-command.ts'
import { rollupQuestion } from './rollup-question.ts'
import { readyQuestion, unclaimedQuestion } from './work-questions.ts'

/** What the built-in domain can be asked and told beyond its records; `work` gives it types. */
export const workProcedures: {
  readonly questions: Readonly<Record<WorkQuestion, Question>>
  readonly commands: Readonly<Record<WorkCommand, Command>>
} = {
  questions: {
    ready: readyQuestion,
    unclaimed: unclaimedQuestion,
    blockers: blockersQuestion,
    unblocks: unblocksQuestion,
    deadEnds: deadEndsQuestion,
    levels: levelsQuestion,
    integrity: integrityQuestion,
    rollup: rollupQuestion,
  },
  commands: {
    claim: claimCommand,
    claimNext: claimNextCommand,
    heartbeat: heartbeatCommand,
    release: releaseCommand,
    fenced: fencedCommand,
    reap: reapCommand,
  },
}

export type WorkQuestion =
  | 'ready'
  | 'unclaimed'
  | 'blockers'
  | 'unblocks'
  | 'deadEnds'
  | 'levels'
  | 'integrity'
  | 'rollup'

export type WorkCommand = 'claim' | 'claimNext' | 'heartbeat' | 'release' | 'fenced' | 'reap'
