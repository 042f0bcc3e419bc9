import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesText } from '../src/command/bytes-text.ts'
import { displayWidth, fitted } from '../src/command/display-width.ts'
import { fieldsFrom, jsonLookalikes } from '../src/command/fields.ts'
import { inputLines } from '../src/command/input-lines.ts'
import { grouped } from '../src/command/perform-write.ts'
import { printable } from '../src/command/printable.ts'
import { startProgress } from '../src/command/progress.ts'
import { timeText } from '../src/command/record-table.ts'
import { idShortener } from '../src/command/short-id.ts'
import { type Column, tableLines } from '../src/command/table.ts'
import { Recorder } from './run-stateward.ts'

describe('width', () => {
  test('columns of a terminal', () => {
    const widths: readonly (readonly [string, number])[] = [
      ['', 0],
      ['plain', 5],
      ['héé', 3],
      ['日本', 4],
      ['한글', 4],
      ['e\u0301', 1],
      ['👩‍👩‍👧', 2],
      ['→ …', 3],
      ['ｆｕｌｌ', 8],
    ]
    for (const [text, width] of widths) expect([text, displayWidth(text)]).toEqual([text, width])
  })

  test('a cut text fits, and a text that fits is not cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (given, columns) => {
        const text = printable(given)
        const cut = fitted(text, columns)
        expect(displayWidth(cut)).toBeLessThanOrEqual(columns)
        if (displayWidth(text) <= columns) expect(cut).toBe(text)
      }),
    )
  })
})

describe('tables', () => {
  const columns: readonly Column[] = [
    { title: 'id', whole: true, keep: 9 },
    { title: 'name', keep: 8 },
    { title: 'note', keep: 1 },
    { title: 'count', align: 'right', keep: 5 },
  ]

  test('as wide as it takes, without blanks at the end', () => {
    const lines = tableLines(columns, [
      ['a1', 'Ship', 'x', '3'],
      ['b22', 'Long name', '', '12'],
    ])
    expect(lines).toEqual(['id   name       note  count', 'a1   Ship       x         3', 'b22  Long name           12'])
  })

  test('the widest columns give way first, then the least important go; ids stay whole', () => {
    const rows = [['0123456789abcdef', 'n'.repeat(40), 'o'.repeat(40), '1']]
    expect(tableLines(columns, rows, { width: 60 })[1]).toBe(
      `0123456789abcdef  ${'n'.repeat(15)}…  ${'o'.repeat(16)}…      1`,
    )
    expect(tableLines(columns, rows, { width: 40 })[1]).toBe(`0123456789abcdef  ${'n'.repeat(14)}…      1`)
    expect(tableLines(columns, rows, { width: 20 })[1]).toBe('0123456789abcdef')
  })

  test('whatever the cells and the width, every line fits', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 }).map(printable)
    const rows = fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 5 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 120 }), (given, width) => {
        for (const line of tableLines(columns, given, { width })) expect(displayWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})

test('nothing printable can move a cursor or turn a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
  expect(printable('a\nb\tc\u0007')).toBe('a⏎b c\\u0007')
})

test('ids are cut as far as they stay apart, and chosen ones stay whole', () => {
  const ids = ['01900000-0000-7000-8000-0000aaaabbbb', '01900000-0000-7000-8000-1111aaaabbbb']
  expect(ids.slice(0, 1).map(idShortener(ids.slice(0, 1)))).toEqual(['aaaabbbb'])
  expect(ids.map(idShortener(ids))).toEqual(['0aaaabbbb', '1aaaabbbb'])
  expect(idShortener(ids)('bd-f8b764c9.2')).toBe('bd-f8b764c9.2')
})

test('fields are texts or JSON', () => {
  const given = fieldsFrom(['name=a=b', 'order:=3', 'url=http://x', 'empty=', 'n=4', 'list:=[1]'])
  expect(given.fields).toEqual({ name: 'a=b', order: 3, url: 'http://x', empty: '', n: '4', list: [1] })
  expect(jsonLookalikes(given)).toEqual(['n'])
})

test('lines are the same however the input is cut', async () => {
  const whole = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r') })
  await fc.assert(
    fc.asyncProperty(whole, fc.array(fc.integer({ min: 1, max: 5 })), async (text, cuts) => {
      const bytes = Buffer.from(text)
      const found: string[] = []
      let upTo = 0
      for await (const line of inputLines(chunksOf(bytes, cuts))) {
        expect(line.number).toBe(found.length + 1)
        found.push(Buffer.from(line.bytes ?? []).toString())
        upTo = line.upTo
      }
      expect(found).toEqual(text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
      expect(upTo).toBe(bytes.length)
    }),
  )
})

async function* chunksOf(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (const cut of cuts) {
    yield bytes.subarray(at, at + cut)
    at += cut
  }
  yield bytes.subarray(at)
}

test('numbers and times for people', () => {
  expect([0, 999, 1_234, 1_234_567].map(grouped)).toEqual(['0', '999', '1 234', '1 234 567'])
  expect([0, 999, 1_234, 45_600_000].map(bytesText)).toEqual(['0 B', '999 B', '1.2 kB', '45.6 MB'])
  expect(timeText('2026-11-22T20:22:41.464Z')).toBe('2026-11-22 20:22:41Z')
  expect(timeText('2026-11-22T20:22:41+02:00')).toBe('2026-11-22T20:22:41+02:00')
})

describe('progress', () => {
  const clock = (): { now: number; tick: () => void; time: Parameters<typeof startProgress>[0]['time'] } => {
    const self = {
      now: 0,
      tick: () => {},
      time: {
        monotonicMs: () => self.now,
        every: (_ms: number, action: () => void) => {
          self.tick = action
          return () => {
            self.tick = () => {}
          }
        },
      },
    }
    return self
  }

  test('a bar from the second second on, which goes without a trace', () => {
    const stderr = new Recorder(60)
    const time = clock()
    const progress = startProgress({ stderr, time: time.time }, 'importing')
    progress.update({ done: 1, total: 4, text: '10 lines' })
    time.now = 999
    time.tick()
    expect(stderr.text).toBe('')
    time.now = 1_000
    time.tick()
    expect(stderr.text).toBe('\r\u001b[2Kimporting  ██████░░░░░░░░░░░░░░░░░░  25 %  10 lines  1 s')
    progress.stop()
    expect(stderr.text.endsWith('\r\u001b[2K')).toBe(true)
    time.tick()
    expect(stderr.text.endsWith('\r\u001b[2K')).toBe(true)
  })

  test('without a total it only says that it goes on, within the terminal', () => {
    const stderr = new Recorder(20)
    const time = clock()
    startProgress({ stderr, time: time.time }, 'verifying everything there is')
    time.now = 2_000
    time.tick()
    expect(displayWidth(stderr.text.replace('\r\u001b[2K', ''))).toBeLessThanOrEqual(19)
  })

  test('nothing where there is no terminal', () => {
    const stderr = new Recorder()
    const time = clock()
    startProgress({ stderr, time: time.time }, 'importing')
    time.now = 5_000
    time.tick()
    expect(stderr.text).toBe('')
  })
})
