import type { Disk, DiskFile, Seq } from '@stateward/contract'
import { DamageList } from './damage.ts'
import type { Manifest } from './manifest.ts'
import { withFile } from './open-file.ts'
import { scanSegment } from './scan.ts'
import type { Survey } from './survey.ts'

/**
 * Judges segments that the manifest does not list. One that a crash left before it was published, or after it was given
 * up, holds no commit that the log lacks, and becomes obsolete. One that holds more means that the manifest is older
 * than its log: damage.
 */
export async function assessLeftovers(
  disk: Disk,
  { survey, manifest, lastSeq }: { survey: Survey; manifest: Manifest; lastSeq: Seq },
): Promise<{ readonly damage: DamageList; readonly obsolete: readonly string[] }> {
  const listed = new Set([...manifest.segments.map(({ file }) => file), ...manifest.obsolete])
  const damage = new DamageList()
  const obsolete: string[] = []
  for (const { file: name, kind } of survey.segments) {
    if (listed.has(name)) continue
    const reason = await withFile(disk, { dir: survey.dir, name }, (file) =>
      whyNotObsolete(file, { name, log: manifest.log, lastSeq: kind === 'log' ? lastSeq : Number.MAX_SAFE_INTEGER }),
    )
    if (reason === undefined) obsolete.push(name)
    else damage.add({ file: name, line: 1, byte: 0, reason })
  }
  return { damage, obsolete }
}

async function whyNotObsolete(
  file: DiskFile,
  { name, log, lastSeq }: { name: string; log: string; lastSeq: Seq },
): Promise<string | undefined> {
  const { bytes } = await file.stat()
  if (bytes === 0) return undefined
  const scan = await scanSegment(file, name, bytes)
  if (scan.header === undefined) return 'the manifest does not list this file, and it does not begin as a segment'
  if (scan.header.log !== log) return `it is a segment of another log, ${scan.header.log}`
  if (scan.lastSeq <= lastSeq) return undefined
  return `it holds commits up to ${scan.lastSeq}, and the manifest does not list it: the manifest is older than the log`
}
