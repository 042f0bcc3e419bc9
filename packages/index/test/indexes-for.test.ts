import { entity, type Schema, type StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { indexesFor } from '../src/indexes/indexes-for.ts'
import { Table } from './history.ts'

interface Spec {
  status: string
  plan_id: string
  depends_on: string[]
  due: string
  'a b': number
}

const schema: Schema<Spec> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Spec }) },
}

const spec = entity({
  schema,
  refs: { plan_id: 'plan', depends_on: 'spec' },
  status: { field: 'status', initial: 'open', transitions: { open: ['done'], done: [] } },
  times: ['due'],
  indexes: ['due', ['status', 'updated_at'], ['plan_id', 'status', 'due'], 'due', ['status', 'updated_at'], 'a b'],
})

describe('the indexes of a type', () => {
  test('are those declared, one a reference, and the order of ids, each once, and none that another makes superfluous', () => {
    const described = indexesFor(spec).map(({ name, fields, kinds, shape, sorted, membership, counters }) => ({
      name,
      on: fields.map((field, at) => `${field}:${kinds[at]}`).join(' '),
      shape: `${shape.equal}${shape.range ? ' and a range' : ''}`,
      gives: [sorted && 'order', membership && 'elements', counters && 'counts'].filter(Boolean).join(' '),
    }))
    expect(described).toEqual([
      { name: 'plan_id →', on: 'plan_id:value', shape: '1', gives: 'elements' },
      { name: 'depends_on →', on: 'depends_on:value', shape: '1', gives: 'elements' },
      { name: 'due order', on: 'due:time', shape: '0 and a range', gives: 'order' },
      {
        name: 'status+updated_at',
        on: 'status:value updated_at:time',
        shape: '1 and a range',
        gives: 'order counts',
      },
      {
        name: 'plan_id+status+due',
        on: 'plan_id:value status:value due:time',
        shape: '2 and a range',
        gives: 'order',
      },
      { name: '"a b"', on: 'a b:value', shape: '1', gives: 'counts' },
      { name: '"a b" order', on: 'a b:value', shape: '0 and a range', gives: 'order' },
      { name: 'id order', on: 'id:value', shape: '0 and a range', gives: 'order' },
    ])
  })

  test('a unique key has one that answers for it: what is there already, else one as if it were declared', () => {
    const named = (more: object): string[] => indexesFor({ ...spec, ...more }).map(({ name }) => name)
    const before = named({})
    expect(named({ unique: [['status'], ['due'], ['plan_id'], ['a b'], ['updated_at', 'status']] })).toEqual(before)
    const unique = [['name'], ['name', 'plan_id'], ['created_at'], ['name']]
    const made = named({ unique }).filter((name) => !before.includes(name))
    expect(made).toEqual(['name', 'name+plan_id', 'created_at order'])
  })

  test('a status that no compound index of two fields leads with has an index of its own', () => {
    const { status, indexes: _, ...rest } = spec
    const three = { ...rest, status, indexes: [['status', 'plan_id', 'due']] }
    expect(indexesFor(three).map(({ name }) => name)).toEqual([
      'plan_id →',
      'depends_on →',
      'status',
      'status+plan_id+due',
      'id order',
    ])
  })

  test('answer the commonest questions, with ids of their own and with shared ones', () => {
    const ids = idTable()
    for (const indexes of [indexesFor(spec), indexesFor(spec, ids)]) {
      const table = new Table(indexes, ids)
      const record = (n: number): StoredRecord => ({
        id: `s${n}`,
        rev: 1,
        created_at: '2024-01-20T10:00:00.000Z',
        updated_at: `2024-01-20T10:00:0${n % 3}.000Z`,
        status: n % 2 === 0 ? 'open' : 'done',
        plan_id: 'p1',
        depends_on: [`s${n + 1}`, `s${n + 2}`],
      })
      for (let n = 0; n < 8; n++) table.put(record(n))
      const byName = (name: string) => indexes.find((index) => index.name === name)
      const idsOf = (slots: Iterable<number> | undefined): string[] => [...(slots ?? [])].map((slot) => ids.idOf(slot))
      const newest = byName('status+updated_at')?.sorted?.scan('desc', { equal: [['open']] })
      expect(idsOf(newest)).toEqual(['s2', 's4', 's0', 's6'])
      expect(idsOf(byName('depends_on →')?.lookup({ equal: [['s3']] })).sort()).toEqual(['s1', 's2'])
      expect(idsOf(byName('id order')?.sorted?.scan('desc', { equal: [] }))[0]).toBe('s7')
      expect([...(byName('status+updated_at')?.counters?.counts() ?? [])]).toEqual([
        ['open', 4],
        ['done', 4],
      ])
      for (let n = 0; n < 8; n++) table.delete(`s${n}`)
      expect(indexes.map((index) => index.size())).toEqual(indexes.map(() => 0))
    }
  })
})
