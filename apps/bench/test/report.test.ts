import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { contenders } from '../src/contenders/registry.ts'
import { chart } from '../src/report/chart.ts'
import { historyLine } from '../src/report/history-line.ts'
import { markdown, type Report } from '../src/report/markdown.ts'
import { short, shortSize, shortTime, shortTimes } from '../src/report/numbers.ts'
import { scaleOf } from '../src/report/scale.ts'
import { groupsOf } from '../src/report/summary.ts'
import { table } from '../src/report/table.ts'
import { writeResults } from '../src/report/write-results.ts'
import type { Row } from '../src/run/row.ts'
import { workloads } from '../src/workloads/registry.ts'

const row = (workload: string, contender: string, value: number): Row => ({
  workload,
  size: workload === 'R2' ? 10_000 : 0,
  contender,
  round: 0,
  measured: { value, operations: 1, p50: 0.5, p99: 1.25, stallMs: 1.1, remark: `${contender} says so` },
})
const rows = [
  row('W1', 'stateward', 3000),
  row('W1', 'nedb', 9000),
  row('W1', 'raw', 6000),
  row('R2', 'stateward', 654_321),
  {
    ...row('L1', 'stateward', 2),
    measured: {
      value: 2,
      operations: 1,
      shares: [
        { what: 'a through b', ratio: 1.75, bar: { atMost: 1.5 } },
        { what: 'c through d', ratio: 1.75, bar: { atLeast: 1.5 } },
        { what: 'e through f', ratio: 0.25 },
      ],
    },
  },
  { workload: 'R2', size: 10_000, contender: 'lmdb', round: 1, failure: 'wrong answer: for a test' },
]
const report: Report = {
  surroundings: {
    date: '2026-01-01T00:00:00.000Z',
    commit: 'abc',
    node: 'v20',
    machine: 'a machine',
    load: 0.5,
    fileSystem: 'disk',
    code: 'built',
  },
  contenders,
  groups: groupsOf(rows, workloads, contenders),
  rounds: 1,
  runMs: 1000,
}

test.for([
  [0, '0'],
  [0.000123, '0.000123'],
  [1.005, '1.00'],
  [999.4, '999'],
  [999.6, '1000'],
  [9994, '9994'],
  [9996, '10.0 k'],
  [999_400, '999 k'],
  [999_600, '1.00 M'],
] as const)('%d is shown as %s', ([value, text]) => {
  expect(short(value)).toBe(text)
})

test('sizes, ratios and times are short', () => {
  expect([0, 1500, 10_000, 1_000_000].map(shortSize)).toEqual(['–', '1500', '10 k', '1 M'])
  expect(shortTimes(3.4)).toBe('3.40 ×')
  expect([undefined, 0.00123, 1105.6].map(shortTime)).toEqual(['–', '0.00123', '1106'])
})

test('the columns of a table stand under each other', () => {
  expect(
    table(
      ['a', 'number'],
      [
        ['first', '1 µ'],
        ['b', '–'],
      ],
    ),
  ).toBe(['| a     | number |', '| ----- | -----: |', '| first |    1 µ |', '| b     |      – |'].join('\n'))
})

describe('the report', () => {
  const text = markdown(report)

  test('says of each who takes part what an acknowledgement is worth', () => {
    for (const { name, role } of contenders) {
      const line = text.split('\n').find((one) => one.startsWith(`- ${name}: `))
      if (role === 'limit') expect(line).toMatch(/limit: /)
      else expect(line).toMatch(/survives/)
    }
  })

  test('shows no ratio to an unlike peer without the mark', () => {
    expect(text).toContain('≠ 0.333 × nedb')
    expect(text).not.toMatch(/(?<!≠ )0\.333 ×/)
  })

  test('shows failures and remarks', () => {
    expect(text).toContain('**lmdb failed** in round 2: wrong answer: for a test')
    expect(text).toContain('- raw: raw says so')
  })

  test('holds what is measured beside itself against its bar', () => {
    const lines = text.split('\n').filter((line) => line.startsWith('| L1 stateward: '))
    expect(
      lines.map((line) =>
        line
          .split('|')
          .slice(3, 6)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['1.75 ×', '1.75 – 1.75', '✗ ≤ 1.50 ×'],
      ['1.75 ×', '1.75 – 1.75', '✓ ≥ 1.50 ×'],
      ['0.250 ×', '0.250 – 0.250', '–'],
    ])
  })

  test('says loudly when the sources were measured', () => {
    const source = { ...report, surroundings: { ...report.surroundings, code: 'source' as const } }
    expect(markdown(source)).toContain('**the sources through a loader')
  })
})

test('the history keeps the medians, three digits of them, in one line', () => {
  const line = historyLine(report)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toMatchObject({
    commit: 'abc',
    medians: {
      W1: { stateward: 3000, nedb: 9000, raw: 6000 },
      'R2@10000': { stateward: 654_000 },
      L1: { stateward: 2 },
    },
    shares: { L1: { stateward: [1.75, 1.75, 0.25] } },
  })
})

describe('the charts', () => {
  const groupOf = (id: string) => report.groups.find(({ workload }) => workload.id === id)

  test('show a bar for each who was measured, and mark who promises something else', () => {
    const drawing = chart(groupOf('W1') ?? expect.unreachable())
    expect(drawing?.match(/text-anchor="end">([^<]+)</g)).toHaveLength(3)
    expect(drawing).toContain('≠ 9000')
    expect(drawing).toContain('fill="url(#unlike)"')
    expect(drawing).not.toContain('≠ 3000')
    expect(drawing).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  })

  test('stand where the report looks for them, and those of the run before are gone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-report-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, 'charts'))
    writeFileSync(join(folder, 'charts', 'old.svg'), '')
    writeResults(folder, report, rows)
    const named = [...readFileSync(join(folder, 'latest.md'), 'utf8').matchAll(/\]\((charts\/.*?)\)/g)].map(
      ([, path]) => path,
    )
    expect(readdirSync(join(folder, 'charts')).map((name) => `charts/${name}`)).toEqual(named.toSorted())
    expect(named).toContain('charts/R2-10000.svg')
  })

  test('begin with nothing where all bars can be seen, and go in powers of ten where they could not', () => {
    expect(scaleOf([3], [90])).toMatchObject({ isLogarithmic: false, ticks: [0, 25, 50, 75, 100] })
    expect(scaleOf([0.04], [90])).toMatchObject({ isLogarithmic: true, ticks: [0.01, 0.1, 1, 10, 100] })
    expect(scaleOf([0.04], [90]).share(1)).toBeCloseTo(0.5)
    expect(scaleOf([0], [0]).share(0)).toBe(0)
  })
})
