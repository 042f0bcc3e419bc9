import { defineDomain, entity, hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { claim, domain, execution, phase, plan, spec } from '../src/index.ts'

test('the domain is these types, each with ids made by the store and version 1; a claim has the id of its target', () => {
  expect(domain.entities).toEqual({ plan, spec, phase, execution, claim })
  for (const definition of Object.values(domain.entities)) expect(definition.version).toBe(1)
  for (const definition of [plan, spec, phase, execution]) expect(definition.id).toBe('uuidv7')
  expect(claim.id).toBe('string')
})

test('parents cannot be deleted from under their parts; a dependency can', () => {
  expect(plan.refs).toEqual({})
  expect(spec.refs).toEqual({
    plan_id: { to: 'plan', onDelete: 'restrict' },
    dependencies: { to: 'spec', onDelete: 'keep' },
  })
  expect(phase.refs).toEqual({ spec_id: { to: 'spec', onDelete: 'restrict' } })
  expect(execution.refs).toEqual({
    target_id: { to: { typeField: 'target_type', types: ['plan', 'spec', 'phase'] }, onDelete: 'restrict' },
    parent_execution_id: { to: 'execution', onDelete: 'restrict' },
  })
})

test('the questions of every day have their index', () => {
  for (const definition of Object.values(domain.entities)) {
    expect(definition.indexes).toContainEqual(['status', 'updated_at'])
  }
  expect(spec.indexes).toContainEqual(['plan_id', 'updated_at'])
  expect(phase.indexes).toContainEqual(['spec_id', 'order'])
  expect(execution.indexes).toContainEqual(['target_id', 'created_at'])
})

test('date-times compare as instants', () => {
  expect([...execution.times].sort()).toEqual(['completed_at', 'created_at', 'started_at', 'updated_at'])
})

test('another domain can take the types in, and cannot take one in without what it refers to', () => {
  const note = entity({ schema: plan.schema, refs: {} })
  expect(Object.keys(defineDomain({ ...domain.entities, note }).entities)).toContain('note')
  let thrown: unknown
  try {
    defineDomain({ spec })
  } catch (error) {
    thrown = error
  }
  expect(hasCode(thrown, 'INVALID')).toBe(true)
})
