import type { Disk, DiskFile, Seq } from '@stateward/contract'
import { fileChunks, wholeLines } from '../files/chunks.ts'
import { withFile } from '../files/open-file.ts'
import { type Gap, parseControl } from '../format/control-line.ts'
import { readTail } from '../format/line.ts'
import { type HistoryEntry, isHistory, type Manifest } from '../format/manifest.ts'
import { unsealed } from '../format/unsealed-line.ts'
import { assessEntry } from '../recovery/assess-history.ts'
import { unpackedChunks } from '../scanning/archive-chunks.ts'
import { corrupt, DamageList } from '../scanning/damage.ts'
import { readFirstLine } from '../scanning/first-line.ts'
import { scanPlain } from '../scanning/plain.ts'
import { RecordChains } from './record-chains.ts'

/** A line of a file that is sealed anew: a commit, or a gap that a salvage has left. */
export type NewLine = { readonly seq: Seq; readonly record: Buffer } | { readonly seq: Seq; readonly gap: Gap }

/** A file that was edited, as it is to be listed from now on. */
export interface Resealing {
  readonly entry: HistoryEntry
  /** Of a segment: its lines; absent for a plain file, which stays as it is. */
  readonly lines?: readonly NewLine[]
  /** Of a plain file. */
  readonly plain?: { readonly bytes: number; readonly lines: number; readonly sha256: string }
  readonly lastSeq: Seq
  /** Lines whose seal did not hold. */
  readonly edited: readonly number[]
}

const mend = 'Nothing was changed. Mend these lines, and reseal again.'

/**
 * Looks at every file of a log and finds those that were edited. Reads only. Throws `CORRUPT` naming every line that is no
 * line of a log, every record whose versions do not follow each other any more, and files that cannot be resealed.
 */
export async function planReseal(disk: Disk, dir: string, manifest: Manifest): Promise<readonly Resealing[]> {
  const damage = new DamageList()
  const found: Resealing[] = []
  const history = manifest.segments.filter(isHistory)
  const chains = new RecordChains((history[0]?.firstSeq ?? 1) === 1)
  let isUnread = false
  for (const entry of manifest.segments) {
    const isDamaged = (await assessEntry({ disk, dir, manifest }, entry, entry === history.at(-1))).damage.lines > 0
    const isSealable = isHistory(entry) && entry.kind !== 'archive'
    if (isDamaged && !isSealable) {
      const reason = 'nobody edits such a file by hand: repair or salvage it'
      damage.add({ file: entry.file, line: 1, byte: 0, reason })
    }
    // What the lines behind it rest on is not known, and no fault of theirs.
    isUnread ||= isDamaged && !isSealable
    if (isUnread || !isHistory(entry)) continue
    const file = new Reading(entry, { damage, chains, isKept: isDamaged })
    await withFile(disk, { dir, name: entry.file }, async (open) => {
      const strange = await whyForeign(open, entry, manifest)
      if (strange === undefined) await file.read(open)
      else damage.add({ file: entry.file, line: 1, byte: 0, reason: strange })
    })
    if (isDamaged) found.push(await file.resealing(disk, dir))
  }
  if (damage.lines > 0) throw corrupt(damage, mend)
  return found
}

/** A header that is sealed and names another file is no work of somebody who edits this one. */
async function whyForeign(file: DiskFile, entry: HistoryEntry, { log }: Manifest): Promise<string | undefined> {
  if (entry.kind === 'plain' || entry.kind === 'archive') return undefined
  const line = await readFirstLine(file)
  const control = line === undefined ? 'no header' : parseControl(line.text)
  if (typeof control === 'string' || control.type !== '$segment') return undefined
  const { header } = control
  if (header.log === log && header.segment === entry.segment) return undefined
  return `it is segment ${header.segment} of log ${header.log}, and no edited one: put the file of this log in its place`
}

class Reading {
  readonly #entry: HistoryEntry
  readonly #damage: DamageList
  readonly #chains: RecordChains
  /** Whether its lines are written anew, and so are to be remembered. */
  readonly #isKept: boolean
  readonly #lines: NewLine[] = []
  readonly #edited: number[] = []
  #next: Seq
  #line = 0

  constructor(
    entry: HistoryEntry,
    { damage, chains, isKept }: { damage: DamageList; chains: RecordChains; isKept: boolean },
  ) {
    this.#isKept = isKept
    this.#entry = entry
    this.#damage = damage
    this.#chains = chains
    this.#next = entry.firstSeq
  }

  async read(file: DiskFile): Promise<void> {
    const entry = this.#entry
    const { bytes: size } = await file.stat()
    const chunks = entry.kind === 'archive' ? unpackedChunks(file, entry) : fileChunks(file, { from: 0, to: size })
    for await (const { bytes, offset, whole } of wholeLines(chunks)) {
      for (let at = 0; at < bytes.length; ) {
        const end = whole ? bytes.indexOf(0x0a, at) : bytes.length
        this.#line++
        const reason = this.#take(bytes.subarray(at, end))
        if (reason !== undefined) this.#damage.add({ file: entry.file, line: this.#line, byte: offset + at, reason })
        at = end + 1
      }
    }
    const last = this.#next - 1
    if (entry.kind === 'active' || last === entry.lastSeq) return
    const reason = `it holds the commits ${entry.firstSeq} to ${last}, where ${entry.lastSeq} is the last one and others follow`
    this.#damage.add({ file: entry.file, line: this.#line, byte: size, reason })
  }

  #take(line: Buffer): string | undefined {
    if (line.toString().trim() === '') return undefined
    if (this.#entry.kind !== 'plain' && typeof readTail(line, 0, line.length) === 'string')
      this.#edited.push(this.#line)
    const found = unsealed(line)
    if (found === undefined || typeof found === 'string') return found
    if ('gap' in found) {
      const { gap } = found
      if (gap.from !== this.#next) return `a gap from ${gap.from}, where ${this.#next} follows`
      if (this.#isKept) this.#lines.push({ seq: gap.from - 1, gap })
      this.#next = gap.to + 1
      this.#chains.skip()
      return undefined
    }
    const seq = this.#next++
    if (this.#isKept) this.#lines.push({ seq, record: found.record })
    return this.#chains.take(found.record.toString(), seq)
  }

  async resealing(disk: Disk, dir: string): Promise<Resealing> {
    const entry = this.#entry
    const found = { entry, lastSeq: this.#next - 1, edited: this.#edited }
    if (entry.kind !== 'plain') return { ...found, lines: this.#lines }
    const scan = await withFile(disk, { dir, name: entry.file }, (file) => scanPlain(file, entry.file))
    const { bytes, lines, sha256 } = scan
    return { ...found, plain: { bytes, lines, sha256 } }
  }
}
