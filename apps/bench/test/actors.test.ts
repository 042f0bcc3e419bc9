import { describe, expect, test } from 'vitest'
import { askerInChild } from '../src/actors/asker-child.ts'
import { measureAsker } from '../src/actors/measure-asker.ts'
import { askerKinds, askerNamed } from '../src/actors/registry.ts'
import { optionsOf } from '../src/options.ts'
import { findEntry } from '../src/run/entry.ts'

describe.each(askerKinds)('$name', (kind) => {
  test('answers, and takes messages that wait', async () => {
    const figures = await measureAsker(kind, { name: kind.name, runMs: 1, messages: 1_000 })
    expect(figures.asksPerSecond).toBeGreaterThan(0)
    expect(Object.values(figures).every(Number.isFinite)).toBe(true)
  })
})

test('a wrong answer is an error, not a figure', async () => {
  const liar = {
    ...askerNamed('promise'),
    open: async () => ({ ...(await askerNamed('promise').open()), ask: async () => 7 }),
  }
  await expect(measureAsker(liar, { name: 'liar', runMs: 1, messages: 10 })).rejects.toThrow(
    'expected the answer 0, got 7',
  )
})

test('a process of its own measures; one that cannot says why', async () => {
  const entry = findEntry('source')
  const job = { runMs: 1, messages: 100 }
  expect((await askerInChild({ ...job, name: 'promise' }, entry)).asksPerSecond).toBeGreaterThan(0)
  await expect(askerInChild({ ...job, name: 'nobody' }, entry)).rejects.toThrow('no asker is called nobody')
})

test('--actors asks for it', () => {
  expect([optionsOf(['--actors']).actors, optionsOf([]).actors]).toEqual([true, false])
})
