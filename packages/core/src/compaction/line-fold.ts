import type { BytePieces, Piece } from './byte-pieces.ts'
import { digitsEnd, isAt, isText, plainTextEnd, textEnd, valueEnd } from './line-bytes.ts'
import { LineFields, type Part } from './line-fields.ts'

const comma = 0x2c
const quote = 0x22
const closingBrace = 0x7d

/** How lines of one change begin and end, as this program writes them. */
const typeMark = Buffer.from('{"type":"')
const timestampMark = Buffer.from('","timestamp":"')
const dataMark = Buffer.from('","data":{')
const wholeIdMark = Buffer.from('"id":"')
const updateMark = Buffer.from('{"type":"update","timestamp":"')
const targetMark = Buffer.from('","target":"')
const idMark = Buffer.from('","id":"')
const changesMark = Buffer.from('","changes":{')
const unsetMark = Buffer.from(',"unset":')
const revMark = Buffer.from(',"rev":')
const prevMark = Buffer.from(',"prev":')
const metaMarks = [',"actor":"', ',"force":"', ',"txid":"'].map((mark) => Buffer.from(mark))
const createdMark = Buffer.from(',"created_at":"')
const idKey = Buffer.from('"id":')
const revKey = Buffer.from('"rev":')
const createdKey = Buffer.from('"created_at":')
const updatedKey = Buffer.from('"updated_at":')
const noBytes = Buffer.alloc(0)
/** More than what stands in the new line and in none of the others. */
const ownBytes = 128

interface Named {
  readonly type: string
  readonly id: string
  readonly rev: number
}

/**
 * Puts the line of a record together of the bytes of the line that states it whole and of those of its updates: parsing and writing takes
 * three times as long. Used again and again.
 */
export class LineFold {
  readonly #fields = new LineFields()
  #changedAt: Part | undefined
  #block: Buffer = noBytes
  #at = 0

  /**
   * The row after these lines, in `pieces`: it says what `foldedLine` says. `undefined` where that takes a parse, since a line is written otherwise
   * than by this program, or is of another record, or has keys or times that are not plain ASCII.
   */
  fold(lines: readonly Buffer[], row: Named, pieces: BytePieces): Piece | undefined {
    this.#fields.begin(lines)
    this.#changedAt = undefined
    const createdAt = this.#readWhole(row)
    if (createdAt === undefined) return undefined
    for (let line = 1; line < lines.length; line++) if (!this.#readUpdate(line, row)) return undefined
    if (this.#changedAt === undefined) return undefined
    let most = ownBytes
    for (const line of lines) most += line.length
    const { place, block, at } = pieces.reserve(most)
    this.#block = block
    this.#at = at
    const isWritten = this.#write(createdAt, this.#changedAt, row.rev)
    const length = isWritten ? this.#at - at : 0
    pieces.giveBack(most - length)
    return isWritten ? { place, length } : undefined
  }

  /** Takes the fields of the line that states the record whole; its time. */
  #readWhole({ type, id }: Named): Part | undefined {
    const fields = this.#fields
    const line = fields.line(0)
    const typeEnd = isAt(line, 0, typeMark) ? textHere(line, typeMark.length, type) : -1
    if (typeEnd < 0 || !isAt(line, typeEnd, timestampMark)) return undefined
    const from = typeEnd + timestampMark.length
    const to = plainTextEnd(line, from)
    const first = to + dataMark.length
    if (to < 0 || !isAt(line, to, dataMark) || !isAt(line, first, wholeIdMark)) return undefined
    if (textHere(line, first + wholeIdMark.length, id) < 0) return undefined
    const end = fields.read(0, first)
    // A second id might be the one that counts.
    if (end < 0 || fields.haveKey(1, idKey) || !isRest(line, numberEnd(line, end + 1, revMark))) return undefined
    // Of two with one key the last counts.
    fields.assign(0)
    return { line: 0, from, to }
  }

  /** Takes what an update sets; whether it is one of this record. */
  #readUpdate(number: number, { type, id }: Named): boolean {
    const fields = this.#fields
    const line = fields.line(number)
    const to = isAt(line, 0, updateMark) ? plainTextEnd(line, updateMark.length) : -1
    const typeEnd = to >= 0 && isAt(line, to, targetMark) ? textHere(line, to + targetMark.length, type) : -1
    const idEnd = typeEnd >= 0 && isAt(line, typeEnd, idMark) ? textHere(line, typeEnd + idMark.length, id) : -1
    if (idEnd < 0 || !isAt(line, idEnd, changesMark)) return false
    const known = fields.count
    const end = fields.read(number, idEnd + changesMark.length)
    if (end < 0 || fields.haveKey(known, idKey)) return false
    this.#changedAt = { line: number, from: updateMark.length, to }
    for (let field = known; field < fields.count; field++) {
      if (!fields.hasKey(field, updatedKey)) continue
      this.#changedAt = fields.text(field)
      if (this.#changedAt === undefined) return false
    }
    fields.assign(known)
    const unsetEnd = this.#unset(line, end + 1)
    return isRest(line, numberEnd(line, numberEnd(line, unsetEnd, revMark), prevMark))
  }

  /** Removes the fields that are named here, if any are; where the list ends, or -1. */
  #unset(line: Buffer, at: number): number {
    if (!isAt(line, at, unsetMark)) return at
    const from = at + unsetMark.length
    const end = valueEnd(line, from)
    const names = namesIn(line.toString('utf8', from, end))
    if (names === undefined || ['id', 'created_at', 'updated_at'].some((name) => names.includes(name))) return -1
    for (const name of names) this.#fields.remove(name)
    return end
  }

  /** Whether there was nothing in the way. */
  #write(createdAt: Part, changedAt: Part, rev: number): boolean {
    this.#copy(0, 0, createdAt.from)
    this.#copy(changedAt.line, changedAt.from, changedAt.to)
    this.#put(dataMark)
    const isCreatedTold = this.#writeFields(changedAt)
    if (isCreatedTold === undefined) return false
    if (!isCreatedTold && !this.#fields.isSame(createdAt, changedAt)) {
      this.#put(createdMark)
      this.#copy(createdAt.line, createdAt.from, createdAt.to)
      this.#block[this.#at++] = quote
    }
    this.#block[this.#at++] = closingBrace
    this.#put(revMark)
    this.#at += this.#block.write(`${rev}}`, this.#at, 'latin1')
    return true
  }

  /** Neighbours are copied together. Whether one of the fields is the time of creation; `undefined` where that is no time. */
  #writeFields(changedAt: Part): boolean | undefined {
    const fields = this.#fields
    let isCreatedTold = false
    // The first one is the id.
    let { line: runLine, from: runFrom, to: runTo } = fields.part(0)
    for (let field = 1; field < fields.count; field++) {
      if (fields.hasKey(field, revKey) || fields.hasKey(field, updatedKey)) continue
      if (fields.hasKey(field, createdKey)) {
        const time = fields.text(field)
        if (time === undefined) return undefined
        isCreatedTold = true
        if (fields.isSame(time, changedAt)) continue
      }
      const { line, from, to } = fields.part(field)
      if (line !== runLine || from !== runTo + 1) {
        this.#copy(runLine, runFrom, runTo)
        this.#block[this.#at++] = comma
        runLine = line
        runFrom = from
      }
      runTo = to
    }
    this.#copy(runLine, runFrom, runTo)
    return isCreatedTold
  }

  #copy(line: number, from: number, to: number): void {
    this.#fields.line(line).copy(this.#block, this.#at, from, to)
    this.#at += to - from
  }

  #put(bytes: Uint8Array): void {
    this.#block.set(bytes, this.#at)
    this.#at += bytes.length
  }
}

/** Where this text ends that should stand here, before its quote; -1 where another one does, and for one that is not plain ASCII. */
function textHere(line: Uint8Array, from: number, text: string): number {
  const end = plainTextEnd(line, from)
  return end >= 0 && isText(line, from, end, text) ? end : -1
}

/** What does not read is for whoever decodes the whole line to put into words. */
function namesIn(text: string): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(text)
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined
  } catch {
    return undefined
  }
}

/** Behind a number and the mark before it; -1 where they do not stand here. */
function numberEnd(line: Uint8Array, at: number, mark: Uint8Array): number {
  if (at < 0 || !isAt(line, at, mark)) return -1
  const end = digitsEnd(line, at + mark.length)
  return end === at + mark.length ? -1 : end
}

/** Whether from here on a line says nothing of its record any more. */
function isRest(line: Uint8Array, from: number): boolean {
  if (from < 0) return false
  let at = from
  for (const mark of metaMarks) if (isAt(line, at, mark)) at = textEnd(line, at + mark.length) + 1
  return line[at] === closingBrace && at + 1 === line.length
}
