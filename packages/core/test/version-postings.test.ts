import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VersionPostings } from '../src/history/version-postings.ts'
import { runs } from './runs.ts'

interface Noted {
  readonly hash: number
  readonly seq: number
}

/** What is noted of so few records is found again, all of it from `from` on and nothing else. */
function check(postings: VersionPostings, noted: readonly Noted[]): void {
  for (let hash = 0; hash < 8; hash++) {
    const found = postings.seqsOf(hash * 0x1fff_ffff)
    const expected = noted.filter((one) => one.hash === hash).map(({ seq }) => seq)
    expect(found.slice().sort((left, right) => left - right)).toEqual(found)
    expect(found.filter((seq) => seq >= postings.from)).toEqual(expected.filter((seq) => seq >= postings.from))
    expect(expected).toEqual(expect.arrayContaining(found))
  }
}

/** What the cache beside the log does. */
function savedAndLoaded(postings: VersionPostings, most: number): VersionPostings {
  const again = new VersionPostings(most)
  for (const { origin, lastSeq, hashes, seqs } of postings.save())
    again.load({ origin, lastSeq, hashes: hashes.slice(), seqs: seqs.slice() })
  again.loadedFrom(postings.from)
  return again
}

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('load' as const), count: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.nat(50) }) },
)

test('all versions from a commit on are found, while runs are merged, let go of, saved, loaded and joined', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 400 }), fc.array(step, { maxLength: 30 }), fc.nat(), (most, steps, seed) => {
      let postings = new VersionPostings(most)
      const noted: Noted[] = []
      let random = seed % 2_147_483_647
      const add = (to: VersionPostings): void => {
        random = (random * 48_271 + 11) % 2_147_483_647
        const one = { hash: random % 8, seq: (noted.at(-1)?.seq ?? 0) + (random % 5) }
        noted.push(one)
        to.add(one.hash * 0x1fff_ffff, one.seq)
      }
      for (const { kind, count } of steps) {
        const into = kind === 'append' ? new VersionPostings(most) : postings
        for (let at = 0; at < count; at++) add(into)
        if (kind === 'append') postings.append(into)
        if (kind === 'load') postings = savedAndLoaded(postings, most)
        check(postings, noted)
        expect(postings.size).toBeLessThanOrEqual(Math.max(most * 2, most + count))
      }
    }),
    { numRuns: runs(200) },
  )
})

test('runs become few and long as versions come, each of which pays for a few of others', () => {
  const postings = new VersionPostings(4_000_000)
  const most: number[] = []
  for (let seq = 1; seq <= 1_000_000; seq++) {
    postings.add((seq * 2_654_435_761) >>> 0, seq)
    if (seq % 10_000 === 0) most.push(postings.save().length)
  }
  // Four of a quarter of a million each, and those on the way there.
  expect(Math.max(...most)).toBeLessThanOrEqual(20)
  expect(postings.seqsOf((4_711 * 2_654_435_761) >>> 0)).toEqual([4_711])
})
