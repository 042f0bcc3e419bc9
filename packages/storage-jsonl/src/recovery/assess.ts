import type { Environment } from '../environment/environment.ts'
import type { Verify } from '../environment/options.ts'
import { randomUuid } from '../environment/random-uuid.ts'
import type { Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'
import { isUnpublished, rebuildManifest } from '../manifest/rebuild-manifest.ts'
import { refuseForeign, type Survey } from '../manifest/survey.ts'
import { withUnpublished } from '../manifest/unpublished.ts'
import { corrupt } from '../scanning/damage.ts'
import { assessPlain } from '../scanning/plain.ts'
import { assessHistory } from './assess-history.ts'
import { assessLeftovers } from './assess-leftovers.ts'
import { type DamageExtent, rangesText } from './damage-extent.ts'
import type { Recovery } from './recovery.ts'

/**
 * Finds out what a store holds and what an opening has to do. Reads only. Throws `CORRUPT` naming every line that does
 * not hold, `UNSUPPORTED` for files of a newer format, `INVALID` for a directory that is something else.
 */
export async function assess(environment: Environment, survey: Survey, verify: Verify = 'full'): Promise<Recovery> {
  const { manifest } = survey
  if (manifest !== undefined && typeof manifest !== 'string')
    return assessManifest(environment, survey, { published: manifest, verify })
  const unpublished = manifest === undefined ? await assessUnpublished(environment, survey) : undefined
  if (unpublished !== undefined) return unpublished
  return assessManifest(environment, survey, { published: await rebuildManifest(environment.disk, survey), verify })
}

const nothing: Omit<Recovery, 'log' | 'segment' | 'temporary'> = {
  epoch: 1,
  truncated: 0,
  kept: [],
  firstSeq: 1,
  prev: undefined,
  rehome: undefined,
  quarantine: [],
  cuts: [],
  obsolete: [],
  clean: true,
  created: true,
  adopted: [],
  lost: [],
  resealed: [],
}

/** A store that is about to be made: of nothing, or of plain files. `undefined` where there has been one. */
async function assessUnpublished({ disk, random }: Environment, survey: Survey): Promise<Recovery | undefined> {
  const { dir, plain, segments, temporary } = survey
  const canBeNew = survey.previous === undefined && survey.archived.length === 0
  const { entries, lastSeq } = canBeNew ? await assessPlain(disk, dir, plain) : { entries: [], lastSeq: 0 }
  if (!(await isUnpublished(disk, survey, lastSeq))) return undefined
  // Plain files without a commit do not make a directory of something else a store.
  if (lastSeq === 0 && segments.length === 0) refuseForeign(survey)
  return {
    ...nothing,
    log: randomUuid(random),
    kept: entries,
    firstSeq: lastSeq + 1,
    segment: Math.max(entries.length, ...segments.map(({ segment }) => segment)) + 1,
    obsolete: segments.map(({ file }) => file),
    temporary,
    adopted: plain,
  }
}

async function assessManifest(
  { disk }: Environment,
  survey: Survey,
  { published, verify }: { readonly published: Manifest; readonly verify: Verify },
): Promise<Recovery> {
  const manifest = await withUnpublished(disk, survey, published)
  const history = await assessHistory(disk, survey, { manifest, verify })
  const leftovers = await assessLeftovers(disk, { survey, manifest, lastSeq: history.lastSeq })
  history.damage.addAll(leftovers.damage)
  if (history.damage.lines > 0) throw corrupt(history.damage, advice(survey.dir, history.extent), { ...history.extent })
  const present = new Set([
    ...survey.segments.map(({ file }) => file),
    ...survey.archived.map((name) => `${fileNames.archive}/${name}`),
  ])
  const numbers = [...manifest.segments, ...survey.segments].map(({ segment }) => segment)
  return {
    log: manifest.log,
    epoch: manifest.epoch + 1,
    truncated: manifest.truncated,
    kept: [...history.kept, ...manifest.segments.filter(({ kind }) => kind === 'base')],
    firstSeq: (history.rehome === undefined ? history.lastSeq : history.provenSeq) + 1,
    prev: history.prev,
    segment: numbers.reduce((most, number) => Math.max(most, number), 0) + 1,
    rehome: history.rehome,
    ended: history.ended,
    quarantine: history.quarantine,
    cuts: history.cuts,
    obsolete: [
      ...new Set([...manifest.obsolete.filter((file) => present.has(file)), ...history.dropped, ...leftovers.obsolete]),
    ],
    temporary: survey.temporary,
    clean: history.closed && history.quarantine.length === 0,
    created: false,
    adopted: [],
    lost: manifest.lost ?? [],
    resealed: manifest.resealed ?? [],
  }
}

function advice(dir: string, { lost, linesBehind }: DamageExtent): string {
  const commits = lost.length === 0 ? 'No commit is known to be lost' : `Lost are the commits ${rangesText(lost)}`
  const behind = linesBehind === 1 ? '1 line behind the damage holds' : `${linesBehind} lines behind the damage hold`
  return [
    `${commits}; ${behind}. Nothing was changed. Restore these files from a backup, or look what can be done:`,
    `  npx stateward repair --dir ${dir}    mends what can be mended exactly; a dry run first`,
    `  npx stateward salvage --dir ${dir}   keeps what reads, and says in the log what is lost`,
  ].join('\n')
}
