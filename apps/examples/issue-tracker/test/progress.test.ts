import { expect, test } from 'vitest'
import { count, duration, Progress } from '../src/progress.ts'

function listened(isTTY: boolean): { progress: Progress; said: string[]; later: (ms: number) => void } {
  const said: string[] = []
  let time = 0
  const progress = new Progress({ isTTY, write: (text) => said.push(text) }, () => time)
  const later = (ms: number): void => {
    time += ms
  }
  return { progress, said, later }
}

test('on a terminal there is one bar, redrawn now and then and taken away at the end', () => {
  const { progress, said, later } = listened(true)
  const at = progress.start('records', 100)
  at(1)
  at(2)
  later(100)
  at(50)
  at(100)
  expect(said).toHaveLength(3)
  expect(said[1]).toBe(`\r  ${'█'.repeat(15)}${'░'.repeat(15)} records 50`)
  expect(said[2]).toBe('\r\u001b[2K')
})

test('elsewhere there is a line at each tenth, without a colour or a cursor', () => {
  const { progress, said } = listened(false)
  const at = progress.start('records', 2_000)
  for (const done of [100, 200, 210, 399, 2_000]) at(done)
  expect(said).toEqual(['  … records: 200 of 2 000\n', '  … records: 2 000 of 2 000\n'])
})

test('numbers are written for people', () => {
  expect([count(5), count(40_000), count(1_234_567)]).toEqual(['5', '40 000', '1 234 567'])
  expect([duration(0.1234), duration(12.3), duration(14_700)]).toEqual(['0.12 ms', '12 ms', '14.7 s'])
})
