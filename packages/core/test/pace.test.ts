import { expect, test } from 'vitest'
import { Pace } from '../src/scheduling/pace.ts'
import { manualTime } from './manual-time.ts'

/** A pace of which every pause lasts as long as it was asked for, and `late` longer. */
function scene({ share = 0.25, busy = true, late = 0 } = {}) {
  const time = manualTime()
  const told: (number | 'turn')[] = []
  const pause = async (ms: number): Promise<void> => {
    told.push(ms)
    time.at += ms + late
  }
  const turn = async (): Promise<void> => {
    told.push('turn')
  }
  const { breathe } = new Pace({ clock: time, share, isBusy: () => busy, pause, turn })
  const work = async (ms: number): Promise<void> => {
    time.at += ms
    await breathe()
  }
  return { told, work }
}

test('work goes on for two milliseconds, and then leaves its share of the time to others', async () => {
  const { told, work } = scene()
  await work(1)
  expect(told).toEqual([])
  await work(1)
  expect(told).toEqual([6])
  await work(3)
  expect(told).toEqual([6, 9])
})

test('where nobody asks for anything, others have a turn and no more', async () => {
  const { told, work } = scene({ busy: false })
  for (let at = 0; at < 3; at++) await work(2)
  expect(told).toEqual(['turn', 'turn', 'turn'])
})

test('the turns that others had while the work waited for the disk are part of what they are due', async () => {
  const { told, work } = scene()
  // Four milliseconds are work at most: the other six were those of others, and six more are due.
  await work(10)
  expect(told).toEqual([6])
  await work(16)
  expect(told).toEqual([6, 'turn'])
  await work(100)
  expect(told).toEqual([6, 'turn', 'turn'])
})

test('a pause that lasted too long is not made up for, and one that would be too long is made in parts', async () => {
  const late = scene({ late: 50 })
  await late.work(2)
  await late.work(2)
  expect(late.told).toEqual([6, 6])
  const { told, work } = scene({ share: 0.01 })
  await work(3)
  expect(told).toEqual([100, 100, 97])
})
