import { describe, expect, test } from 'vitest'
import {
  domain,
  executionStatuses,
  executionTransitions,
  isOpenStatus,
  workStatuses,
  workTransitions,
} from '../src/index.ts'

/** The tables in the words of the specification; a status that is not named leads nowhere. */
const specified = {
  work:
    'draft → pending, cancelled · pending → draft, running, blocked, cancelled · ' +
    'running → pending, completed, failed, cancelled, blocked · blocked → pending, running, failed, cancelled · ' +
    'failed → pending, cancelled · completed → pending · cancelled → draft',
  execution:
    'created → queued, cancelled · queued → running, cancelled · running → paused, completed, failed, cancelled · ' +
    'paused → running, cancelled, failed',
}

const pairsOf = (table: string): Set<string> =>
  new Set(
    table.split(' · ').flatMap((row) => {
      const [from, targets = ''] = row.split(' → ')
      return targets.split(', ').map((to) => `${from} → ${to}`)
    }),
  )

describe.each([
  { of: 'plan, spec and phase', statuses: workStatuses, transitions: workTransitions, words: specified.work },
  {
    of: 'execution',
    statuses: executionStatuses,
    transitions: executionTransitions,
    words: specified.execution,
  },
])('transitions of $of', ({ statuses, transitions, words }) => {
  const allowed = pairsOf(words)
  const table: Readonly<Record<string, readonly string[]>> = transitions

  test('the table has every status and no other', () => {
    expect(Object.keys(table).sort()).toEqual([...statuses].sort())
  })

  for (const from of statuses) {
    for (const to of statuses) {
      const pair = `${from} → ${to}`
      test(`${pair} is ${allowed.has(pair) ? 'allowed' : 'refused'}`, () => {
        expect(table[from]?.includes(to)).toBe(allowed.has(pair))
      })
    }
  }

  test('cancelled can be reached from every open status, as a cascade needs', () => {
    for (const from of statuses.filter(isOpenStatus)) expect(table[from]).toContain('cancelled')
  })
})

test('every type has its table, its statuses and its first status', () => {
  for (const type of ['plan', 'spec', 'phase'] as const) {
    expect(domain.entities[type].status).toEqual({ field: 'status', initial: 'draft', transitions: workTransitions })
  }
  expect(domain.entities.execution.status).toEqual({
    field: 'status',
    initial: 'created',
    transitions: executionTransitions,
  })
})

test('open is whatever is not completed, failed or cancelled', () => {
  const closed = ['completed', 'failed', 'cancelled']
  for (const status of [...workStatuses, ...executionStatuses]) {
    expect(isOpenStatus(status), status).toBe(!closed.includes(status))
  }
})
