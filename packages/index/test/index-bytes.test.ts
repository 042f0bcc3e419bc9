import type { StoredRecord } from '@stateward/contract'
import { expect, test } from 'vitest'
import { idTable } from '../src/ids/id-table.ts'
import { cases } from './index-cases.ts'
import { uuidAt } from './uuid-at.ts'

const records = 5_000
/** What is taken for a list of values that none of the records shares. */
const mostAnEntry = 160

function recordAt(at: number): StoredRecord {
  const time = new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString()
  const own = { at: time, status: at % 3 === 0 ? 'open' : 'closed', owner: `o${at % 100}`, constructor: at }
  return { ...own, id: uuidAt(at), rev: 1, created_at: time, updated_at: time }
}

test.each(cases)('$title: what it takes grows with its entries, and is given back when it is cleared', ({ make }) => {
  const ids = idTable()
  const index = make(ids)
  const empty = index.bytes()
  for (let at = 0; at < records; at++) {
    const record = recordAt(at)
    index.update(ids.insert(record.id), undefined, record)
  }
  const full = index.bytes()
  expect(full / records).toBeGreaterThan(4)
  expect(full / records).toBeLessThan(mostAnEntry)
  expect(ids.bytes / records).toBeGreaterThan(16)
  expect(ids.bytes / records).toBeLessThan(40)
  index.clear()
  expect(index.bytes()).toBe(empty)
})
