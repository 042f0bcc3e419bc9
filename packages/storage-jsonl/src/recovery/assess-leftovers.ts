import type { Disk, DiskFile, Seq } from '@stateward/contract'
import { withFile } from '../files/open-file.ts'
import type { Manifest } from '../format/manifest.ts'
import { fileNames, isRemovableName } from '../format/segment-name.ts'
import type { Survey } from '../manifest/survey.ts'
import { DamageList } from '../scanning/damage.ts'
import { scanSegment } from '../scanning/scan.ts'

export interface LeftoversFound {
  readonly damage: DamageList
  /** Files that hold nothing of this log that it lacks. */
  readonly obsolete: readonly string[]
  /** Files that are no segments of this log. */
  readonly foreign: readonly string[]
}

/**
 * Judges segments that the manifest does not list. One that a crash left before it was published, or after it was given
 * up, holds no commit that the log lacks, and becomes obsolete. One that holds more means that the manifest is older
 * than its log: damage.
 */
export async function assessLeftovers(
  disk: Disk,
  { survey, manifest, lastSeq }: { survey: Survey; manifest: Manifest; lastSeq: Seq },
): Promise<LeftoversFound> {
  const listed = new Set([...manifest.segments.map(({ file }) => file), ...manifest.obsolete])
  const damage = new DamageList()
  // What a crash left in the archive before it was published stands in files that are listed.
  const archived = survey.archived.map((name) => `${fileNames.archive}/${name}`)
  const obsolete: string[] = archived.filter((name) => isRemovableName(name) && !listed.has(name))
  const foreign: string[] = []
  for (const { file: name, kind } of survey.segments) {
    if (listed.has(name)) continue
    const found = await withFile(disk, { dir: survey.dir, name }, (file) =>
      whyNotObsolete(file, { name, log: manifest.log, lastSeq: kind === 'log' ? lastSeq : Number.MAX_SAFE_INTEGER }),
    )
    if (found === undefined) {
      obsolete.push(name)
      continue
    }
    damage.add({ file: name, line: 1, byte: 0, reason: found.reason })
    if (found.isForeign) foreign.push(name)
  }
  return { damage, obsolete, foreign }
}

interface Strange {
  readonly reason: string
  readonly isForeign: boolean
}

async function whyNotObsolete(
  file: DiskFile,
  { name, log, lastSeq }: { name: string; log: string; lastSeq: Seq },
): Promise<Strange | undefined> {
  const { bytes } = await file.stat()
  if (bytes === 0) return undefined
  const scan = await scanSegment(file, name, bytes)
  const { header } = scan
  if (header === undefined) {
    return { reason: 'the manifest does not list this file, and it does not begin as a segment', isForeign: true }
  }
  if (header.log !== log) return { reason: `it is a segment of another log, ${header.log}`, isForeign: true }
  // What a salvage had not published yet holds nothing that is not in the files it was made of.
  // A line that holds behind a bad one counts too: what the log lacks may stand there.
  if (header.salvage !== undefined || scan.lastHeld <= lastSeq) return undefined
  const reason = `it holds commits up to ${scan.lastHeld}, and the manifest does not list it: the manifest is older than the log`
  return { reason, isForeign: false }
}
