import { Dice } from '../../../core/test/differential/dice.ts'
import { DifferentialTrial } from '../../../core/test/differential/differential-trial.ts'

const histories = 12

/** Answers compared with those of a full scan, over random types and histories. */
export async function queryLayer(): Promise<void> {
  for (let seed = 1; seed <= histories; seed++) await (await DifferentialTrial.open(new Dice(seed))).run()
}
