import { expect, test } from 'vitest'
import { parentRule } from '../src/parent-rule.ts'
import { MapReader } from './map-reader.ts'
import { executionRecord } from './records.ts'

const reader = new MapReader()
const root = reader.put('execution', executionRecord('root'))
reader.put('execution', executionRecord('child', { parent_execution_id: 'root' }))
const leaf = reader.put('execution', executionRecord('leaf', { parent_execution_id: 'child' }))

const judge = (before: typeof root | undefined, after: typeof root | undefined) =>
  parentRule({ type: 'execution', before, after }, reader)

test('an execution may have any parent that is not below it', () => {
  expect(judge(undefined, executionRecord('new', { parent_execution_id: 'leaf' }))).toBeUndefined()
  expect(judge(leaf, { ...leaf, parent_execution_id: 'root' })).toBeUndefined()
  expect(judge(leaf, executionRecord('leaf'))).toBeUndefined()
  expect(judge(leaf, undefined)).toBeUndefined()
})

test('an execution is no part of itself', () => {
  const violation = judge(root, { ...root, parent_execution_id: 'leaf' })
  expect(violation?.code).toBe('INVALID_REFERENCE')
  expect(violation?.details).toEqual({ cycle: ['root', 'leaf', 'child'] })
  expect(judge(root, { ...root, parent_execution_id: 'root' })?.details).toEqual({ cycle: ['root'] })
})

test('a circle that an old log holds neither ends in a loop nor blocks other writes', () => {
  const old = new MapReader()
  const one = old.put('execution', executionRecord('one', { parent_execution_id: 'two' }))
  old.put('execution', executionRecord('two', { parent_execution_id: 'one' }))
  const newcomer = executionRecord('newcomer', { parent_execution_id: 'one' })
  expect(parentRule({ type: 'execution', before: undefined, after: newcomer }, old)).toBeUndefined()
  expect(parentRule({ type: 'execution', before: one, after: { ...one, name: 'x' } }, old)).toBeUndefined()
})
