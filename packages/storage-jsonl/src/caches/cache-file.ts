import type { DiskFile } from '@stateward/contract'
import { writeAll } from '../files/write-whole.ts'
import { isCount } from '../format/control-line.ts'
import { checksum } from '../format/crc.ts'
import { jsonObject } from '../format/json-object.ts'
import { readTail, sealedLine } from '../format/line.ts'
import { DamagedLine } from '../scanning/damage.ts'
import { type CacheClaim, hasFields, parseClaim } from './cache-claim.ts'

/*
 * A cache file: pages of `pageBytes` (the last one shorter), a CRC-32 of each page (4 bytes, little-endian), one sealed
 * `$cache` line that says what the cache is of, and 18 bytes with the length of that line, by which a reader begins.
 */

/** A piece that is needed is some kilobytes, and for each of them whole pages are read and checked. */
const pageBytes = 16_384
const runBytes = 1_048_576
const leastRunBytes = 4_096
/** Of a file that is read within calls, so many stay in memory. */
const keptPages = 64
const version = 2
const trailerPattern = /^([0-9a-f]{8}) stateward\n$/
const trailerBytes = 19
const crcBytes = 4
/** Read at the end at first: the line, the checksums of the pages of sixty megabytes. */
const guessBytes = 16_384

interface Footer {
  readonly version: number
  readonly name: string
  readonly bytes: number
  /** CRC-32 of the checksums of the pages. */
  readonly pagesCrc: number
  readonly claim: CacheClaim
}

/** Writes a cache file from its start to its end. */
export class CacheFileWriter {
  readonly #file: DiskFile
  /** Grows up to a run of pages: most caches are far smaller. */
  #run: Buffer = Buffer.alloc(0)
  readonly #crcs: number[] = []
  #filled = 0
  #written = 0

  constructor(file: DiskFile) {
    this.#file = file
  }

  readonly put = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + runBytes - this.#filled)
      this.#reserve(this.#filled + part.length)
      this.#run.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled === runBytes) await this.#flush()
    }
  }

  /** Writes what says whose the pages are. What was put before counts from now on, once the file is synced. */
  async finish(name: string, claim: CacheClaim, timestamp: string): Promise<void> {
    const bytes = this.#written + this.#filled
    await this.#flush()
    const crcs = Buffer.alloc(this.#crcs.length * crcBytes)
    for (const [at, crc] of this.#crcs.entries()) crcs.writeUInt32LE(crc, at * crcBytes)
    const data: Footer = { version, name, bytes, pagesCrc: checksum(crcs), claim }
    const line = sealedLine(Buffer.from(JSON.stringify({ type: '$cache', timestamp, data })), { seq: claim.upTo })
    const trailer = Buffer.from(`${line.length.toString(16).padStart(8, '0')} stateward\n`)
    await writeAll(this.#file, Buffer.concat([crcs, line, trailer]), bytes)
    await this.#file.datasync()
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#run.length) return
    const larger = Buffer.allocUnsafeSlow(Math.min(runBytes, Math.max(leastRunBytes, 2 ** Math.ceil(Math.log2(bytes)))))
    larger.set(this.#run.subarray(0, this.#filled))
    this.#run = larger
  }

  async #flush(): Promise<void> {
    const run = this.#run.subarray(0, this.#filled)
    for (let at = 0; at < run.length; at += pageBytes) this.#crcs.push(checksum(run.subarray(at, at + pageBytes)))
    await writeAll(this.#file, run, this.#written)
    this.#written += run.length
    this.#filled = 0
  }
}

/** A cache file whose end reads; its pages are checked when they are read. */
export class CacheFile {
  readonly claim: CacheClaim
  readonly bytes: number
  readonly #file: DiskFile
  readonly #name: string
  readonly #crcs: Buffer
  /** By where they begin. */
  readonly #pages = new Map<number, Buffer>()

  constructor(file: DiskFile, { name, bytes, claim }: Footer, crcs: Buffer) {
    this.#file = file
    this.#name = name
    this.bytes = bytes
    this.claim = claim
    this.#crcs = crcs
  }

  /** Throws a `DamagedLine` where a page does not read as it was written. */
  async read(into: Uint8Array, position: number): Promise<void> {
    const end = position + into.length
    if (position < 0 || end > this.bytes) throw new DamagedLine(this.#name, position, 'nothing was written here')
    const scratch = Buffer.allocUnsafeSlow(Math.min(runBytes, this.bytes))
    for (let at = position - (position % pageBytes); at < end; at += runBytes) {
      const run = scratch.subarray(0, Math.min(runBytes, pageEnd(end, this.bytes) - at))
      const count = await this.#file.read(run, at)
      if (count < run.length) throw new DamagedLine(this.#name, at + count, 'the file ends here')
      this.#check(run, at)
      const from = Math.max(at, position)
      into.set(run.subarray(from - at, Math.min(run.length, end - at)), from - position)
    }
  }

  /** As `read`, within the call. Pages read last are kept: who reads so reads little at a time. */
  readSync(into: Uint8Array, position: number): void {
    const end = position + into.length
    if (position < 0 || end > this.bytes) throw new DamagedLine(this.#name, position, 'nothing was written here')
    for (let at = position; at < end; ) {
      const start = at - (at % pageBytes)
      const page = this.#page(start)
      const part = page.subarray(at - start, Math.min(page.length, end - start))
      into.set(part, at - position)
      at += part.length
    }
  }

  close(): Promise<void> {
    this.#pages.clear()
    return this.#file.close().catch(() => {})
  }

  #page(start: number): Buffer {
    const known = this.#pages.get(start)
    if (known !== undefined) return known
    const page = Buffer.allocUnsafeSlow(Math.min(pageBytes, this.bytes - start))
    const count = this.#file.readSync(page, start)
    if (count < page.length) throw new DamagedLine(this.#name, start + count, 'the file ends here')
    this.#check(page, start)
    const [oldest] = this.#pages.keys()
    if (this.#pages.size >= keptPages && oldest !== undefined) this.#pages.delete(oldest)
    this.#pages.set(start, page)
    return page
  }

  #check(run: Buffer, position: number): void {
    for (let at = 0; at < run.length; at += pageBytes) {
      const page = (position + at) / pageBytes
      if (checksum(run.subarray(at, at + pageBytes)) === this.#crcs.readUInt32LE(page * crcBytes)) continue
      throw new DamagedLine(this.#name, position + at, 'the checksum of the page does not match')
    }
  }
}

function pageEnd(end: number, bytes: number): number {
  return Math.min(bytes, Math.ceil(end / pageBytes) * pageBytes)
}

/** Reads the end of a cache file. Returns in words why it is none. */
export async function readCacheFile(file: DiskFile, name: string): Promise<CacheFile | string> {
  const { bytes: size, kind } = await file.stat()
  if (kind !== 'file') return `it is a ${kind}`
  const end = await endOf(file, { size, bytes: guessBytes })
  const lineBytes = Number.parseInt(trailerPattern.exec(end.subarray(-trailerBytes).toString('latin1'))?.[1] ?? '', 16)
  if (!(lineBytes > 0) || lineBytes + trailerBytes > size) return 'it does not end as a cache does'
  const last = await endOf(file, { size, bytes: lineBytes + trailerBytes, known: end })
  const footer = parseFooter(last.subarray(0, lineBytes))
  if (typeof footer === 'string') return footer
  if (footer.name !== name) return `it is the cache ${footer.name}`
  const crcsLength = Math.ceil(footer.bytes / pageBytes) * crcBytes
  if (footer.bytes + crcsLength + lineBytes + trailerBytes !== size)
    return `it has ${size} bytes, which are not its own`
  const rest = await endOf(file, { size, bytes: crcsLength + lineBytes + trailerBytes, known: end })
  const crcs = Buffer.from(rest.subarray(0, crcsLength))
  if (checksum(crcs) !== footer.pagesCrc) return 'the checksums of its pages do not match'
  return new CacheFile(file, footer, crcs)
}

/** The last bytes of a file, from what was read of its end already where that is enough. */
async function endOf(
  file: DiskFile,
  { size, bytes, known }: { size: number; bytes: number; known?: Buffer },
): Promise<Buffer> {
  if (known !== undefined && known.length >= bytes) return known.subarray(known.length - bytes)
  const end = Buffer.alloc(Math.min(bytes, size))
  return end.subarray(0, await file.read(end, size - end.length))
}

function parseFooter(line: Buffer): Footer | string {
  const end = line.length - 1
  if (line.indexOf(0x0a) !== end) return 'its last line does not end where it should'
  const tail = readTail(line, 0, end)
  if (typeof tail === 'string') return `its last line: ${tail}`
  const parsed = jsonObject(line.toString())
  const data = parsed?.type === '$cache' ? parsed.data : undefined
  if (!hasFields(data) || data.version !== version) return 'it is of a layout that cannot be read here'
  const { name, bytes, pagesCrc } = data
  const claim = parseClaim(data.claim)
  if (typeof name !== 'string' || !isCount(bytes) || !isCount(pagesCrc) || claim === undefined)
    return 'something in it is missing or of the wrong kind'
  return { version, name, bytes, pagesCrc, claim }
}
