import type { LostCommits, Seq } from '@stateward/contract'
import { LostSeqs } from '../format/lost-seqs.ts'
import { type BaseEntry, type HistoryEntry, isHistory } from '../format/manifest.ts'
import { assessLeftovers } from '../recovery/assess-leftovers.ts'
import { corrupt, DamageList } from '../scanning/damage.ts'
import { chooseBase } from './choose-base.ts'
import { type FoundFile, findFile, lastOf, missingIn, sortFile, type Wreck } from './salvage-history.ts'
import type { Rewriting, SalvagePlan, StandingBase, Step } from './salvage-plan.ts'
import type { GoodLine } from './sort-lines.ts'

const olderManifest =
  'Nothing was changed. Put the manifest of these files in its place, or take these files away, and salvage again.'

/**
 * Decides what can be kept of a damaged store: every line that holds, but for changes of versions that are lost. Reads
 * only. `undefined` where nothing is damaged; throws `CORRUPT` where a plain file was changed.
 */
export async function planSalvage(wreck: Wreck): Promise<SalvagePlan | undefined> {
  const { manifest } = wreck
  const { damage, history, bases } = await lookAtFiles(wreck)
  const last = history.at(-1)
  const lastSeq = last === undefined ? manifest.truncated : lastOf(last)
  const leftovers = await assessLeftovers(wreck.disk, { survey: wreck.survey, manifest, lastSeq })
  if (leftovers.damage.lines > leftovers.foreign.length) throw corrupt(leftovers.damage, olderManifest)
  damage.addAll(leftovers.damage)
  if (damage.lines === 0) return undefined
  const id = `salvage-${manifest.epoch + 1}`
  const base = await chooseBase(wreck, { history, bases })
  const steps: Step[] = []
  const lost = new LostSeqs()
  for (const found of history)
    steps.push(await stepOf(wreck, found, { base: base.standing, lost, unpack: base.unpack }))
  const told = [...steps, ...base.steps].flatMap((step): LostCommits[] =>
    step.kind === 'keep' ? [] : step.lost.map(({ from, to }) => ({ from, to, report: id })),
  )
  return {
    manifest,
    id,
    damage,
    steps: [...steps, ...base.steps],
    aside: [
      ...steps.flatMap((step) => (step.kind === 'keep' ? [] : [step.entry.file])),
      ...bases.filter(({ damage: { lines } }) => lines > 0).map(({ entry }) => entry.file),
      ...leftovers.foreign,
    ],
    obsolete: leftovers.obsolete,
    truncated: base.truncated,
    lost: told,
    notes: base.notes,
  }
}

interface FilesFound {
  readonly damage: DamageList
  readonly history: readonly FoundFile<HistoryEntry>[]
  readonly bases: readonly FoundFile<BaseEntry>[]
}

async function lookAtFiles(wreck: Wreck): Promise<FilesFound> {
  const damage = new DamageList()
  const history: FoundFile<HistoryEntry>[] = []
  const bases: FoundFile<BaseEntry>[] = []
  const { segments } = wreck.manifest
  const last = segments.findLast(isHistory)
  for (const entry of segments) {
    if (isHistory(entry)) history.push(await findFile(wreck, entry, entry === last))
    else bases.push(await findFile(wreck, entry, false))
  }
  for (const found of [...history, ...bases]) damage.addAll(found.damage)
  return { damage, history, bases }
}

interface Situation {
  readonly base: StandingBase
  readonly lost: LostSeqs
  /** Whether archived segments are needed as they were. */
  readonly unpack: boolean
}

async function stepOf(wreck: Wreck, found: FoundFile<HistoryEntry>, situation: Situation): Promise<Step> {
  const { entry } = found
  const { base, lost } = situation
  const isLooked = found.sorted !== undefined
  // Only what comes behind the base is state; what changes versions that are lost can only stand behind the first loss.
  const mayLack =
    (lost.ranges.length > 0 || base.keys !== undefined) && (entry.kind === 'active' || entry.lastSeq > base.upTo)
  const mustUnpack = entry.kind === 'archive' && situation.unpack
  if ((!isLooked && !mayLack && !mustUnpack) || (entry.kind === 'plain' && found.isThere))
    return { kind: 'keep', entry }
  const whole = isLooked ? found : { ...found, sorted: await sortFile(wreck, entry) }
  const rewriting = rewritingOf(whole, situation)
  if (!isLooked && !mustUnpack && rewriting.orphans.length === 0) return { kind: 'keep', entry }
  return { kind: 'rewrite', ...rewriting }
}

function rewritingOf(found: FoundFile<HistoryEntry>, { base, lost }: Situation): Rewriting {
  const { entry, sorted } = found
  const missing = missingIn(found)
  const here = new LostSeqs()
  const good: GoodLine[] = []
  const orphans: GoodLine[] = []
  const lose = (from: Seq, to: Seq): void => {
    here.add(from, to)
    // What the base holds is not needed any more.
    if (to > base.upTo) lost.add(Math.max(from, base.upTo + 1), to)
  }
  let at = 0
  const loseUpTo = (seq: Seq): void => {
    for (let range = missing[at]; range !== undefined && range.from < seq; range = missing[++at])
      lose(range.from, range.to)
  }
  for (const line of sorted?.good ?? []) {
    loseUpTo(line.seq)
    const { seq, gap } = line
    if (gap === undefined && seq > base.upTo && isOrphan(line, base, lost)) {
      orphans.push(line)
      lose(seq, seq)
    } else good.push(line)
    if (gap !== undefined && gap.to > base.upTo) lost.add(Math.max(gap.from, base.upTo + 1), gap.to)
  }
  loseUpTo(Number.POSITIVE_INFINITY)
  const { firstSeq } = entry
  return { entry, firstSeq, lastSeq: lastOf(found), good, orphans, bad: sorted?.bad ?? [], lost: here.ranges }
}

function isOrphan({ needs }: GoodLine, { upTo, keys }: StandingBase, lost: LostSeqs): boolean {
  return needs.some(({ prev, key }) => (prev > upTo ? lost.has(prev) : keys !== undefined && !keys.has(key)))
}
