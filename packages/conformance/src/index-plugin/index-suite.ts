import assert from 'node:assert/strict'
import type { ImageSource, Index, IndexImage } from '@stateward/contract'
import { CaseSkipped, runCases } from '../case.ts'
import type { SuiteOptions } from '../runner.ts'
import { type IndexCase, type IndexTrial, indexCase, type OpenIndex } from './index-trial.ts'

const rounds = 40
const changesPerRound = 12

/** Every promise that a store relies on of an index that a domain brings, for a runner that `testIndex` does not fit. */
export const indexCases: readonly IndexCase[] = [
  indexCase('it has a name, fields, and a shape within them', async ({ index }) => {
    const { name, fields, shape } = index
    assert(typeof name === 'string' && name !== '', 'an index has a name')
    assert(fields.length > 0, 'an index looks at one field at least')
    assert(
      shape.equal >= 0 && shape.equal + Number(shape.range) <= fields.length,
      'a shape has no more fields than the index',
    )
  }),

  indexCase(
    'a lookup gives every record that holds what is asked for, whatever was changed and deleted',
    async (trial) => {
      for (let round = 0; round < rounds; round++) {
        trial.changes(changesPerRound)
        lookAtAll(trial)
      }
    },
  ),

  indexCase('a lookup gives records that are there, each once', async (trial) => {
    for (let round = 0; round < rounds; round++) {
      trial.changes(changesPerRound)
      for (const { probe } of trial.questions()) {
        const slots = [...trial.index.lookup(probe)]
        assert.equal(new Set(slots).size, slots.length, `a lookup of ${JSON.stringify(probe)} gives a slot twice`)
        const stray = slots.find((slot) => !trial.records.has(slot))
        assert.equal(stray, undefined, `a lookup of ${JSON.stringify(probe)} gives slot ${stray}, where no record is`)
      }
    }
  }),

  indexCase('an estimate is no less than the lookup gives', async (trial) => {
    for (let round = 0; round < rounds; round++) {
      trial.changes(changesPerRound)
      for (const { probe } of trial.questions()) {
        const estimate = trial.index.estimate(probe)
        const { length } = [...trial.index.lookup(probe)]
        assert(estimate >= length, `of ${JSON.stringify(probe)} it estimates ${estimate}, and gives ${length}`)
      }
    }
  }),

  indexCase('after clear it holds nothing, and can be filled again', async (trial) => {
    trial.changes(200)
    trial.index.clear()
    assert.equal(trial.index.size(), 0, 'an index that was cleared has no entries')
    for (const { probe } of trial.questions())
      assert.deepEqual([...trial.index.lookup(probe)], [], 'nor does it give any')
    for (const [slot, record] of trial.records) trial.index.update(slot, undefined, record)
    lookAtAll(trial)
  }),

  indexCase(
    'its size and its bytes are numbers from 0 on, and none of its making holds what another does',
    async (trial) => {
      trial.changes(200)
      const other = trial.made()
      for (const index of [trial.index, other])
        for (const count of [index.size(), index.bytes()])
          assert(Number.isFinite(count) && count >= 0, `it counts ${count}`)
      assert.equal(other.size(), 0, 'one that was just made is empty')
    },
  ),

  indexCase(
    'what was saved while it changed is loaded by another one as it was at the call, which goes on from there',
    async (trial) => {
      const { save, format } = imageOf(trial.index)
      trial.changes(200)
      const then = new Map(trial.records)
      const parts: Uint8Array[] = []
      const copies: Uint8Array[] = []
      const saved = save()
      trial.changes(20)
      for (const part of saved) {
        assert.equal(part.length % 8, 0, 'each part of an image is a multiple of 8 long')
        parts.push(part)
        copies.push(part.slice())
        trial.changes(5)
      }
      assert.deepEqual(parts, copies, 'what was saved does not change with the index')
      const other = trial.made()
      assert.equal(imageOf(other).format, format)
      imageOf(other).load(sourceOf(parts))
      trial.index = other
      trial.records.clear()
      for (const [slot, record] of then) trial.records.set(slot, record)
      lookAtAll(trial)
      trial.changes(100)
      lookAtAll(trial)
    },
  ),
]

/**
 * Registers a test for every promise of an index that a domain brings. `open` is called once a case. Throws an `Error` when no test
 * runner is given and none is global.
 */
export function testIndex(name: string, open: OpenIndex, options: SuiteOptions = {}): void {
  runCases(name, indexCases, open, options)
}

function lookAtAll(trial: IndexTrial): void {
  for (const { probe, owed } of trial.questions()) {
    const found = new Set(trial.index.lookup(probe))
    const missing = owed.find((slot) => !found.has(slot))
    const record = JSON.stringify(missing === undefined ? undefined : trial.records.get(missing))
    assert.equal(missing, undefined, `a lookup of ${JSON.stringify(probe)} leaves out ${record}`)
  }
}

function imageOf({ image }: Index): IndexImage {
  if (image === undefined) throw new CaseSkipped()
  return image
}

function sourceOf(parts: readonly Uint8Array[]): ImageSource {
  const all = Buffer.concat(parts)
  return {
    bytes: all.length,
    read: (at, bytes) => new Uint8Array(all.subarray(at, at + bytes)),
    later(rest) {
      for (const _ of rest);
    },
  }
}
