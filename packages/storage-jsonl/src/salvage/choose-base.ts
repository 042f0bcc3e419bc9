import type { Seq } from '@stateward/contract'
import { LostSeqs } from '../format/lost-seqs.ts'
import { type BaseEntry, type HistoryEntry, isHistory } from '../format/manifest.ts'
import { newestBase } from '../manifest/log-source.ts'
import { type FoundFile, gapsIn, missingIn, type Wreck } from './salvage-history.ts'
import type { StandingBase, Step } from './salvage-plan.ts'
import type { SortedLines } from './sort-lines.ts'

export interface ChosenBase {
  readonly standing: StandingBase
  readonly steps: readonly Step[]
  /** Whether the state has to be built from archived segments. */
  readonly unpack: boolean
  readonly truncated: Seq
  readonly notes: readonly string[]
}

/**
 * Chooses what the state of a damaged store begins with: its newest base; where that is damaged, an older whole one, or
 * nothing, if the history from there on is whole; else the rows of the newest that read.
 */
export async function chooseBase(
  wreck: Wreck,
  { history, bases }: { history: readonly FoundFile<HistoryEntry>[]; bases: readonly FoundFile<BaseEntry>[] },
): Promise<ChosenBase> {
  const { manifest } = wreck
  const newest = bases.find(({ entry }) => entry === newestBase(manifest))
  const whole = bases
    .filter(({ damage }) => damage.lines === 0)
    .sort((left, right) => right.entry.upTo - left.entry.upTo)
  const kept = whole.map(({ entry }): Step => ({ kind: 'keep', entry }))
  const { truncated } = manifest
  if (newest === undefined)
    return { standing: { upTo: 0, keys: undefined }, steps: [], unpack: false, truncated, notes: [] }
  const { file, upTo } = newest.entry
  if (newest.damage.lines === 0) {
    const notes =
      whole.length < bases.length ? ['A base that a newer one has replaced is damaged, and is not needed.'] : []
    return { standing: { upTo, keys: undefined }, steps: kept, unpack: false, truncated, notes }
  }
  const older = whole[0]?.entry
  const from = (older?.upTo ?? 0) + 1
  if (await isHistoryWhole(wreck, history, { from, to: upTo })) {
    const instead =
      older === undefined
        ? 'the history from the first commit on'
        : `the base up to ${older.upTo}, and the history behind it,`
    return {
      standing: { upTo: older?.upTo ?? 0, keys: undefined },
      steps: kept,
      unpack: older === undefined,
      truncated: Math.min(truncated, older?.upTo ?? 0),
      notes: [`The base ${file} is damaged and was left out: ${instead} tells all that it held.`],
    }
  }
  return rowsThatRead(newest, truncated)
}

/** A base of the rows that read, where nothing else tells what it held. */
function rowsThatRead(newest: FoundFile<BaseEntry>, truncated: Seq): ChosenBase {
  const { file, upTo } = newest.entry
  const sorted: SortedLines = newest.sorted ?? { good: [], bad: [], lastSeq: 0 }
  const lost = lostRows(newest.entry, sorted)
  const rewriting = {
    entry: newest.entry,
    firstSeq: 1,
    lastSeq: upTo,
    good: sorted.good,
    bad: sorted.bad,
    lost,
    orphans: [],
  }
  return {
    standing: { upTo, keys: new Set(sorted.good.flatMap(({ key }) => key ?? [])) },
    steps: [{ kind: 'rewrite', ...rewriting }],
    unpack: false,
    truncated,
    notes: [
      `Of the ${newest.entry.rows} rows of the base ${file}, ${sorted.good.length} read; the records in the others are lost unless a later line holds them whole.`,
    ],
  }
}

async function isHistoryWhole(
  wreck: Wreck,
  history: readonly FoundFile<HistoryEntry>[],
  { from, to }: { from: Seq; to: Seq },
): Promise<boolean> {
  const first = wreck.manifest.segments.find(isHistory)
  if (first === undefined || first.firstSeq > from) return false
  for (const found of history) {
    if (found.entry.firstSeq > to) break
    const gaps = found.sorted?.good.flatMap(({ gap }) => gap ?? []) ?? (await gapsIn(wreck, found.entry))
    if ([...missingIn(found), ...gaps].some((range) => range.from <= to && range.to >= from)) return false
  }
  return true
}

/** The commits whose records may have stood in the rows that do not read: a row bears the seq of its last change. */
function lostRows({ rows, upTo }: BaseEntry, { good, bad }: SortedLines): LostSeqs['ranges'] {
  const lost = new LostSeqs()
  let isTold = false
  for (const [index, row] of good.entries()) {
    const before = good[index - 1]
    if (!bad.some(({ at, end }) => at >= (before?.end ?? 0) && end <= row.at && at > 0)) continue
    lost.add(Math.max(1, before?.seq ?? 1), Math.max(1, row.seq))
    isTold = true
  }
  const last = good.at(-1)
  if (bad.some(({ at }) => at > 0 && at >= (last?.end ?? 0))) {
    lost.add(Math.max(1, last?.seq ?? 1), Math.max(1, upTo))
    isTold = true
  }
  if (good.length < rows && !isTold) return [{ from: 1, to: Math.max(1, upTo) }]
  return lost.ranges
}
