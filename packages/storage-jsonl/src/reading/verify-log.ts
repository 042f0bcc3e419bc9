import type { DiskFile, LostCommits, Seq, StorageCheck } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { diskCode, storageFailed } from '../environment/failure.ts'
import { fileChunks } from '../files/chunks.ts'
import type { FileCache } from '../files/file-cache.ts'
import type { BaseEntry } from '../format/manifest.ts'
import { isSparse, type LogSource, type Part, partsOf } from '../manifest/log-source.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { DamagedLine, DamageList } from '../scanning/damage.ts'
import { changedPlain } from '../scanning/plain.ts'
import { scanLines } from '../scanning/scan.ts'

/** Reads every line of every part once more: checksums, numbers, and the checksums of the whole files. */
export async function verifyLog(
  { source, files }: { source: LogSource; files: FileCache },
  signal?: AbortSignal,
): Promise<StorageCheck> {
  const damage = new DamageList()
  let commits = 0
  let bytes = 0
  let unverified = 0
  const lost: LostCommits[] = []
  const bases = source.manifest?.segments.filter((entry): entry is BaseEntry => entry.kind === 'base') ?? []
  for (const part of [...partsOf(source), ...bases]) {
    if (signal?.aborted) throw new StatewardError('ABORTED', 'the verification was aborted by the caller')
    const found = await check(files, part)
    damage.addAll(found.damage)
    lost.push(...found.lost)
    commits += found.commits - found.lost.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    bytes += found.bytes
    if ('entry' in part && part.entry.kind === 'plain') unverified += found.commits
  }
  const found = { ok: damage.lines === 0, commits, bytes, unverified, damage: damage.named }
  return lost.length === 0 ? found : { ...found, lost }
}

interface Checked {
  readonly damage: DamageList
  readonly commits: number
  readonly bytes: number
  /** What its `$gap` lines say. */
  readonly lost: readonly LostCommits[]
}

async function check(files: FileCache, part: Part | BaseEntry): Promise<Checked> {
  const file = 'entry' in part ? part.entry.file : part.file
  const commits = 'entry' in part ? Math.max(0, part.lastSeq - part.firstSeq + 1) : 0
  try {
    return await files.using(file, async (open) => ({ commits, bytes: part.bytes, ...(await damageIn(open, part)) }))
  } catch (error) {
    if (diskCode(error) !== 'ENOENT') throw storageFailed(error, 'verifying the log')
    const damage = new DamageList()
    damage.add({ file, line: 1, byte: 0, reason: 'the manifest lists this file, and it is not there' })
    return { damage, commits: 0, bytes: 0, lost: [] }
  }
}

async function damageIn(open: DiskFile, part: Part | BaseEntry): Promise<Pick<Checked, 'damage' | 'lost'>> {
  const entry = 'entry' in part ? part.entry : part
  if (entry.kind === 'plain') return { damage: (await changedPlain(open, entry)).damage, lost: [] }
  const chunks = entry.kind === 'archive' ? unpackedChunks(open, entry) : fileChunks(open, { from: 0, to: part.bytes })
  const scan = await scanLines(chunks, entry.file).catch((error: unknown) => {
    if (!(error instanceof DamagedLine)) throw error
    const damage = new DamageList()
    damage.add({ file: error.file, line: 1, byte: error.byte, reason: error.message })
    return { damage, goodBytes: 0, lines: 0, lastSeq: 0, crc: '', gaps: [] }
  })
  const { damage } = scan
  const reason = damage.lines > 0 ? undefined : whyNotTheSame(part, scan)
  if (reason !== undefined) damage.add({ file: entry.file, line: scan.lines + 1, byte: scan.goodBytes, reason })
  return { damage, lost: scan.gaps.map(({ from, to, report }) => ({ from, to, report })) }
}

/** Why a file of which every line reads is not the one that the manifest lists; `undefined` where it is. */
export function whyNotTheSame(
  part: Part | BaseEntry,
  found: { readonly crc: string; readonly goodBytes: number; readonly lastSeq: Seq },
): string | undefined {
  if (found.goodBytes !== part.bytes) return `the file ends here, at ${found.goodBytes} bytes of ${part.bytes}`
  // Of a file with holes the end may be one.
  const isShort = 'entry' in part && isSparse(part) && found.lastSeq < part.lastSeq
  if ('entry' in part && found.lastSeq !== part.lastSeq && !isShort)
    return `it ends with commit ${found.lastSeq}, not ${part.lastSeq}`
  const entry = 'entry' in part ? part.entry : part
  if (entry.kind === 'active' || entry.kind === 'plain' || found.crc === entry.crc) return undefined
  return 'every line reads, but the file is not the one that the manifest lists'
}
