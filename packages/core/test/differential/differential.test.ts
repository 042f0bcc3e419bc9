import { rig } from '../../../../test/reliability/rig.ts'
import { Dice } from './dice.ts'
import { DifferentialTrial } from './differential-trial.ts'

rig('query-differential', ({ each }) => each(async (seed) => (await DifferentialTrial.open(new Dice(seed))).run()))
