import { expect, test } from 'vitest'
import { Dice } from './dice.ts'
import { DifferentialTrial } from './differential-trial.ts'

test('among the questions of the trials are many that an intersection of indexes answers', async () => {
  let intersected = 0
  for (let seed = 0; seed < 6; seed++) {
    const trial = await DifferentialTrial.open(new Dice(seed))
    await trial.run()
    intersected += trial.intersected
  }
  expect(intersected).toBeGreaterThan(30)
})
