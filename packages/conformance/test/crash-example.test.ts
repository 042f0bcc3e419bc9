import { boot, SimMedium, seededPick } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { openTinyLog } from './tiny-log.ts'

test('killed at any step, then a power cut: what was acknowledged is there, and nothing that was not given', async () => {
  const given = ['one', 'two'.repeat(200), 'three'.repeat(300)]
  for (let at = 1, isKilled = true; isKilled; at++) {
    const medium = new SimMedium()
    isKilled = false
    medium.onStep = ({ step }) => {
      isKilled = step === at
      if (isKilled) medium.kill()
      return undefined
    }
    let acknowledged = 0
    const work = async (): Promise<void> => {
      const log = await openTinyLog(boot(medium))
      for (; acknowledged < given.length; acknowledged++) await log.append(given[acknowledged] ?? '')
    }
    await work().catch((error) => expect(error, `killed at step ${at}`).toMatchObject({ code: 'DIED' }))
    for (let seed = 1; seed <= 50; seed++) {
      const { lines } = await openTinyLog(boot(medium.afterPowerCut(seededPick(seed))))
      expect(lines.length, `step ${at}, seed ${seed}`).toBeGreaterThanOrEqual(acknowledged)
      expect(lines, `step ${at}, seed ${seed}`).toEqual(given.slice(0, lines.length))
    }
  }
})
