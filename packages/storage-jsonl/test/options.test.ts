import { expect, test } from 'vitest'
import { type JsonlStorageOptions, jsonlStorage } from '../src/index.ts'

/** As an untyped caller may give it. */
const given = (name: string, value: unknown): JsonlStorageOptions => ({ dir: '/store', ...{ [name]: value } })

test.each<[string, unknown]>([
  ['dir', ''],
  ['dir', 7],
  ['durability', 'later'],
  ['lock', 'hope'],
  ['verify', 'half'],
  ['recovery', 'guess'],
  ['segmentBytes', 1],
  ['segmentBytes', 4_096.5],
  ['intervalMs', 0],
  ['pollMs', Number.NaN],
  ['retention', 'some'],
  ['retention', null],
  ['retention', {}],
  ['retention', { days: 0 }],
  ['retention', { days: 1.5 }],
  ['retention', { days: 36_501 }],
  ['retention', { versions: '3' }],
  ['retention', { weeks: 3 }],
  ['retention', { days: 1, versions: 1 }],
])('the option %s is no %j, and the error says what it is', (name, value) => {
  expect(() => jsonlStorage(given(name, value))).toThrow(
    expect.objectContaining({
      code: 'INVALID',
      message: expect.stringContaining(`the option ${name} of jsonlStorage`),
    }),
  )
})

test.each<[string, unknown]>([
  ['retention', 'none'],
  ['retention', { days: 36_500 }],
  ['retention', { versions: 1 }],
  ['verify', 'tail'],
  ['recovery', 'salvage'],
  ['lock', 'pidfile'],
  ['durability', 'none'],
])('the option %s may be %j', (name, value) => {
  expect(jsonlStorage(given(name, value)).caps).toBeDefined()
})

test('what survives what is said of each level', () => {
  expect(jsonlStorage({ dir: '/store' }).caps).toMatchObject({
    fencing: 'lock',
    unknown: 'stop',
    survives: { none: 'process', interval: 'process', commit: 'power' },
  })
})
