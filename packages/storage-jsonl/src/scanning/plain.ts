import { createHash } from 'node:crypto'
import type { Disk, DiskFile } from '@stateward/contract'
import { type Seq, StatewardError } from '@stateward/contract'
import { fileChunks, type Lines, wholeLines } from '../files/chunks.ts'
import { sha256Of } from '../files/file-sums.ts'
import { withFile } from '../files/open-file.ts'
import type { PlainEntry } from '../format/manifest.ts'
import { isBlank, plainText, whyNotPlain } from '../format/plain-line.ts'
import { makePtr, ptrBounds } from '../format/ptr.ts'
import { corrupt, DamageList } from './damage.ts'
import type { ReadBatch, ReadPlan } from './read-lines.ts'

const lineFeed = 0x0a

/** The plain files of a directory as history: commits are numbered as their lines come, files by name. Throws `CORRUPT` naming every line that is none. */
export async function assessPlain(
  disk: Disk,
  dir: string,
  names: readonly string[],
): Promise<{ entries: PlainEntry[]; lastSeq: Seq }> {
  const damage = new DamageList()
  const entries: PlainEntry[] = []
  let lastSeq = 0
  for (const [index, name] of names.entries()) {
    const found = await withFile(disk, { dir, name }, (file) => scanPlain(file, name))
    damage.addAll(found.damage)
    const { lines, bytes, sha256 } = found
    entries.push({
      kind: 'plain',
      file: name,
      segment: index + 1,
      firstSeq: lastSeq + 1,
      lastSeq: lastSeq + lines,
      lines,
      bytes,
      sha256,
    })
    lastSeq += lines
  }
  if (damage.lines > 0)
    throw corrupt(
      damage,
      'Nothing was changed. Mend these lines by hand, or remove them, and open the directory again.',
    )
  return { entries, lastSeq }
}

/** Compares an adopted file with what the manifest says of it. */
export async function changedPlain(file: DiskFile, entry: PlainEntry): Promise<{ damage: DamageList }> {
  const { bytes } = await file.stat()
  const isSame = bytes === entry.bytes && (await sha256Of(file, { from: 0, to: bytes })) === entry.sha256
  if (isSame) return { damage: new DamageList() }
  const { damage } = await scanPlain(file, entry.file)
  if (damage.lines === 0) {
    const reason = `the file was changed after it was adopted: ${bytes} bytes now, ${entry.bytes} then, or other ones`
    damage.add({ file: entry.file, line: 1, byte: 0, reason })
  }
  return { damage }
}

interface PlainScan {
  readonly damage: DamageList
  readonly lines: number
  readonly bytes: number
  readonly sha256: string
}

/** Looks at every line of a plain file, and at its bytes as a whole. */
export async function scanPlain(file: DiskFile, name: string): Promise<PlainScan> {
  const { bytes: size } = await file.stat()
  if (size > ptrBounds.fileBytes) {
    throw new StatewardError(
      'TOO_LARGE',
      `${name} has ${size} bytes; a file has at most ${ptrBounds.fileBytes}: split it.`,
    )
  }
  const damage = new DamageList()
  const hash = createHash('sha256')
  let line = 0
  let commits = 0
  for await (const piece of wholeLines(fileChunks(file, { from: 0, to: size }))) {
    hash.update(piece.bytes)
    for (const { text, start } of textsOf(piece)) {
      line++
      if (isBlank(text)) continue
      const reason = whyNotPlain(text)
      if (reason === undefined) commits++
      else damage.add({ file: name, line, byte: start, reason })
    }
  }
  return { damage, lines: commits, bytes: size, sha256: hash.digest('hex') }
}

/** The commits of an adopted file, as its lines were written; nothing vouches for them but the file's own checksum. */
export async function* readPlain(lines: AsyncIterable<Lines>, plan: ReadPlan): AsyncGenerator<ReadBatch> {
  let { next } = plan
  for await (const piece of lines) {
    const records: Uint8Array[] = []
    const ptrs: number[] = []
    let firstSeq = next
    for (const { text, start } of textsOf(piece)) {
      if (isBlank(text)) continue
      const seq = next++
      if (seq < plan.from || seq > plan.to) continue
      if (records.length === 0) firstSeq = seq
      records.push(text)
      ptrs.push(makePtr(plan.segment, start))
    }
    const batch = { firstSeq, epoch: plan.epoch, records, ptrs }
    if (records.length > 0) yield { batch, end: piece.offset + piece.bytes.length }
  }
}

function* textsOf({ bytes, offset, whole }: Lines): Generator<{ text: Buffer; start: number }> {
  for (let at = 0; at < bytes.length; ) {
    const end = whole ? bytes.indexOf(lineFeed, at) : bytes.length
    yield { text: plainText(bytes, at, end), start: offset + at }
    at = end + 1
  }
}
