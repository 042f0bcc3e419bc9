import { StatewardError } from '@stateward/contract'
import { expect, test } from 'vitest'
import { NewestReading } from '../src/subscriptions/newest-reading.ts'
import { byHand } from './by-hand.ts'
import { turns } from './turns.ts'

/** Readings that are answered by hand, and what was heard of them. */
function readings() {
  const newest = new NewestReading()
  const heard: string[] = []
  const begin = () => {
    const { promise, resolve, reject } = byHand<string>()
    newest.begin(
      promise,
      (found) => heard.push(found),
      ({ code }) => heard.push(code),
    )
    return { resolve, fail: () => reject(new StatewardError('STORAGE_FAILED', 'lost')) }
  }
  return { newest, heard, begin }
}

test('what was begun last is heard, also when what was begun before answers behind it', async () => {
  const { heard, begin } = readings()
  const [first, second] = [begin(), begin()]
  second.resolve('newer')
  await turns(1)
  first.resolve('older')
  await turns(1)
  expect(heard).toEqual(['newer'])
})

test('what answers before the one begun last is not heard either, whether it is found or fails', async () => {
  const { heard, begin } = readings()
  const [found, failed, last] = [begin(), begin(), begin()]
  found.resolve('older')
  failed.fail()
  await turns(1)
  expect(heard).toEqual([])
  last.fail()
  await turns(1)
  expect(heard).toEqual(['STORAGE_FAILED'])
})

test('what is forgotten is not heard; one begun after it is', async () => {
  const { newest, heard, begin } = readings()
  const [found, failed] = [begin(), begin()]
  found.resolve('forgotten')
  failed.fail()
  newest.forget()
  await turns(1)
  expect(heard).toEqual([])
  begin().resolve('next')
  await turns(1)
  expect(heard).toEqual(['next'])
})
