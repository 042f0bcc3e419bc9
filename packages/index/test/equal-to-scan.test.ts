import type { Bound, FieldKind, Index, JsonValue, Probe } from '@stateward/contract'
import { sameValue } from '@stateward/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type IdTable, idTable } from '../src/ids/id-table.ts'
import { ImageReader, ImageWriter } from '../src/images/image.ts'
import { checkIndex } from '../src/integrity/check-index.ts'
import { anyId, anyValue } from './arbitraries.ts'
import { anyHistory, ReadTable, Table } from './history.ts'
import { cases } from './index-cases.ts'
import { LateSource } from './late-source.ts'
import { runs } from './runs.ts'
import { scanIndex } from './scan-index.ts'

const bound: fc.Arbitrary<Bound | undefined> = fc.option(
  fc.record({ value: fc.oneof(anyValue, anyId), inclusive: fc.boolean() }),
  { nil: undefined },
)

const alternatives = fc.oneof(
  fc.array(anyValue, { minLength: 1, maxLength: 1 }),
  fc.array(anyValue, { maxLength: 4 }),
  fc.constantFrom<JsonValue[][]>(['open'], ['closed'], ['open', 'closed', 'open']),
)

function probeOf(equal: number): fc.Arbitrary<Probe> {
  return fc
    .record({ equal: fc.array(alternatives, { minLength: equal, maxLength: equal }), from: bound, to: bound })
    .map(({ equal, from, to }) => ({
      equal,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }))
}

const ascending = (slots: Iterable<number>): number[] => [...slots].sort((a, b) => a - b)

describe.each(cases)('$title', ({ scan: options, make }) => {
  describe.each([true, false])('with shared ids: %s', (shared) => {
    test('answers as a scan does, after any history', () => {
      fc.assert(
        fc.property(anyHistory, fc.array(probeOf(options.equal), { minLength: 1, maxLength: 8 }), (history, probes) => {
          const ids = idTable()
          const index = make(shared ? ids : undefined)
          const scan = scanIndex(options)
          const table = new Table([index, scan], ids)
          table.replay(history)
          for (const probe of probes) compare(index, scan, probe)
          expect(checkIndex(index, table.records)).toEqual({ ok: true, differences: [] })
          expectCounters(index, scan, options.kinds[0] ?? 'value')
          index.clear()
          expect(index.size()).toBe(0)
          expect([...index.lookup({ equal: probes[0]?.equal ?? [] })]).toEqual([])
          expect([...(index.counters?.counts() ?? [])]).toEqual([])
          for (const [slot, record] of table.records) index.update(slot, undefined, record)
          expect(checkIndex(index, table.records)).toEqual({ ok: true, differences: [] })
        }),
        runs(100),
      )
    })

    test('filled at once it answers as a scan does, and goes on as if it had heard of each record', () => {
      fc.assert(
        fc.property(
          anyHistory,
          fc.nat(120),
          fc.array(probeOf(options.equal), { minLength: 1, maxLength: 4 }),
          (history, cut, probes) => {
            const ids = idTable()
            const index = make(shared ? ids : undefined)
            const scan = scanIndex(options)
            const read = new ReadTable([index], ids)
            read.replay({ ...history, writes: history.writes.slice(0, cut) })
            for (const _ of read.columns.fill());
            for (const [slot, record] of read.records) scan.update(slot, undefined, record)
            for (const probe of probes) compare(index, scan, probe)
            expect(checkIndex(index, read.records)).toEqual({ ok: true, differences: [] })
            expectCounters(index, scan, options.kinds[0] ?? 'value')
            const table = new Table([index, scan], ids, read.records)
            table.replay({ ...history, writes: history.writes.slice(cut) })
            for (const probe of probes) compare(index, scan, probe)
            expect(checkIndex(index, table.records)).toEqual({ ok: true, differences: [] })
          },
        ),
        runs(60),
      )
    })

    test('an image of it answers as it does, whenever it is read, and goes on as it would have', () => {
      fc.assert(
        fc.property(
          anyHistory,
          fc.nat(120),
          fc.array(probeOf(options.equal), { maxLength: 4 }),
          fc.constantFrom('at once', 'after questions', 'after changes', 'never'),
          fc.boolean(),
          (history, cut, probes, end, isWrittenMeanwhile) => {
            const before = { ...history, writes: history.writes.slice(0, cut) }
            const after = { ...history, writes: history.writes.slice(cut) }
            const ids = idTable()
            const first = new Table([make(shared ? ids : undefined)], ids)
            first.replay(before)
            const records = new Map(first.records)
            const images = [imageOf(ids), first.indexes[0]?.image?.save() ?? []].map((parts) =>
              parts[Symbol.iterator](),
            )
            const parts: Uint8Array[][] = images.map(() => [])
            if (isWrittenMeanwhile) {
              for (const write of after.writes) {
                first.replay({ ...after, writes: [write] })
                for (const [at, image] of images.entries()) parts[at]?.push(...firstOf(image))
              }
            }
            const again = idTable()
            const sources = images.map((image, at) => new LateSource([...(parts[at] ?? []), ...rest(image)]))
            const finish = (now: typeof end): void => {
              if (now === end) for (const source of sources) source.finish()
            }
            again.load(new ImageReader(sources[0] ?? new LateSource([])))
            const index = make(shared ? again : undefined)
            const scan = scanIndex(options)
            index.image?.load(sources[1] ?? new LateSource([]))
            finish('at once')
            for (const [slot, record] of records) scan.update(slot, undefined, record)
            for (const probe of probes) compare(index, scan, probe)
            finish('after questions')
            if (end === 'after questions') expect(checkIndex(index, records)).toEqual({ ok: true, differences: [] })
            const second = new Table([index, scan], again, records)
            second.replay(after)
            finish('after changes')
            for (const probe of probes) compare(index, scan, probe)
            expect(checkIndex(index, second.records)).toEqual({ ok: true, differences: [] })
            if (!isWrittenMeanwhile) first.replay(after)
            expect([...second.records]).toEqual([...first.records])
            for (const probe of probes) {
              expect([...index.lookup(probe)]).toEqual([...(first.indexes[0]?.lookup(probe) ?? [])])
            }
          },
        ),
        runs(60),
      )
    })
  })
})

function imageOf(ids: IdTable): Iterable<Uint8Array> {
  const image = new ImageWriter()
  ids.save(image)
  return image.parts()
}

/** The next part, if there is one. */
function firstOf(image: Iterator<Uint8Array>): readonly Uint8Array[] {
  const { done, value } = image.next()
  return done === true ? [] : [value]
}

function* rest(image: Iterator<Uint8Array>): Generator<Uint8Array> {
  for (let next = image.next(); next.done !== true; next = image.next()) yield next.value
}

function compare(index: Index, scan: Index, probe: Probe): void {
  const { from: _from, to: _to, ...unbounded } = probe
  const asked = index.shape.range ? probe : unbounded
  const found = [...index.lookup(asked)]
  const expected = ascending(scan.lookup(asked))
  if (index.membership !== undefined && asked.equal.flat().some(Array.isArray)) {
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining(expected))
    expect(index.estimate(asked)).toBeGreaterThanOrEqual(found.length)
  } else {
    expect(ascending(found)).toEqual(expected)
    if (index.membership === undefined) expect(index.estimate(asked)).toBe(expected.length)
    else expect(index.estimate(asked)).toBeGreaterThanOrEqual(expected.length)
  }
  const has = index.has?.(asked)
  const slots = [...found, ...index.lookup({ equal: asked.equal.map(() => ['open', 'closed', 1]) }), 0, 1, 99_999]
  if (has !== undefined) for (const slot of slots) expect(has(slot)).toBe(found.includes(slot))
  if (index.membership === undefined) expect(index.size()).toBe(scan.size())
  if (index.sorted === undefined || probe.equal.some((values) => values.length !== 1)) return
  expect([...index.sorted.scan('asc', probe)]).toEqual([...(scan.sorted?.scan('asc', probe) ?? [])])
  expect([...index.sorted.scan('desc', probe)]).toEqual([...(scan.sorted?.scan('desc', probe) ?? [])])
}

/** Every value is counted once, as often as a scan finds it; together they are all. */
function expectCounters(index: Index, scan: Index, kind: FieldKind): void {
  if (index.counters === undefined) return
  const counts = [...index.counters.counts()]
  for (const [value, count] of counts) {
    expect(count).toBeGreaterThan(0)
    expect(count).toBe(scan.estimate({ equal: [[value]] }))
  }
  expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(index.size())
  counts.forEach(([value], at) => {
    expect(counts.findIndex(([other]) => sameValue(value, other, kind))).toBe(at)
  })
}
