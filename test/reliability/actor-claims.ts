import type { Claim } from './claim.ts'

export type ActorRig = 'interleavings' | 'kernel-bugs'

/** Rigs of the actor kernel, on a clock and a scheduler that a seed drives. */
export const actorClaims: Readonly<Record<ActorRig, Claim>> = {
  interleavings: {
    claim:
      'in whatever order starts, asks, tells, crashes, restarts, messages put aside, stops, aborts, deadlines and overflows happen in a tree of actors, every ask is settled exactly once, what is told is handled or a dead letter, the messages of one priority keep their order, none is handled late, twice, or after the stop, and no listener, timer or scheduled run is left',
    unit: 'interleavings',
    every: 50_000,
    nightly: 5_000_000,
    limits: 'trees of one to four actors and up to a few dozen messages, on one event loop',
    files: ['packages/actor/test/exploration.test.ts'],
  },
  'kernel-bugs': {
    claim: 'each of these bugs, planted in the actor kernel, is found by the rig `interleavings`',
    unit: 'bugs',
    every: 18,
    nightly: 18,
    limits: 'bugs that somebody thought of, some of them because the rig had found them',
    files: ['packages/actor/test/exploration.test.ts'],
  },
}
