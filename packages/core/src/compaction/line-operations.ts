import { isAt, isText, plainTextEnd, textEnd } from './line-bytes.ts'

const quote = 0x22
const brace = 0x7b
const closingBrace = 0x7d
const comma = 0x2c
const zero = 0x30
const nine = 0x39

/** How a line of several changes begins, and what stands between its time and its operations. */
const opening = Buffer.from('{"type":"tx","timestamp":"')
const opsMark = Buffer.from('","data":{"ops":[')
/** How operations begin that state a record whole, or update it, as this program writes them. */
const typeMark = Buffer.from('{"type":"')
const dataMark = Buffer.from('","data":{"id":"')
const updateMark = Buffer.from('{"type":"update","target":"')
const targetMark = Buffer.from('","id":"')
const idKey = Buffer.from('"id":')
const afterUpdate = Buffer.byteLength('{"type":"update"')
const revMark = Buffer.from('},"rev":')
const mostDigits = 15
/** The fields of a record are so many objects deep in an operation. */
const recordDepth = 2
const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/** Where the time of a line of several begins, with its key and the comma before that. */
export const stampStart: number = Buffer.byteLength('{"type":"tx"')

/** The numbers that are kept of an operation, in this order. */
const numbersEach = 8
const [startAt, endAt, afterTypeAt, typeAt, typeEndAt, idAt, idEndAt, nextAt] = [0, 1, 2, 3, 4, 5, 6, 7] as const
const firstCapacity = 64

/** A part of a line that is to be a line of its own. Where `stampEnd` is not 0, the line's time comes in between: from `stampStart` to there. */
export interface Cut {
  readonly start: number
  /** Where what follows the type begins. */
  readonly afterType: number
  readonly end: number
  readonly stampEnd: number
}

/**
 * Where the operations of a line of several stand, found in one walk over its bytes instead of a parse: a nanosecond or two for each of them.
 * Used again and again, so that nothing is made that a garbage collector has to look at.
 */
export class LineOperations {
  #line: Uint8Array = opening
  #stampEnd = 0
  #count = 0
  #numbers = new Int32Array(firstCapacity * numbersEach)
  /** By hash of the id, one more than the number of the last such operation; those before it follow. */
  #last = new Int32Array(firstCapacity)

  /** Takes a verified line; whether it is one of several changes, as this program writes it. Operations that it writes otherwise are left out. */
  read(line: Uint8Array): boolean {
    this.#line = line
    this.#count = 0
    const stampEnd = isAt(line, 0, opening) ? plainTextEnd(line, opening.length) : -1
    const isOne = stampEnd >= 0 && isAt(line, stampEnd, opsMark)
    if (isOne) {
      this.#stampEnd = stampEnd + 1
      for (let at = stampEnd + opsMark.length; line[at] === brace; at++) {
        at = this.#add(at)
        if (line[at] !== comma) break
      }
    }
    this.#hashAll()
    return isOne
  }

  /** The operation that changes this record; `undefined` where there is none, or more than one. */
  find(type: string, id: string): Cut | undefined {
    let found = -1
    for (let at = (this.#last[hashOf(id) & (this.#last.length - 1)] ?? 0) - 1; at >= 0; at = this.#at(at, nextAt) - 1) {
      if (!this.#is(at, type, id)) continue
      if (found >= 0) return undefined
      found = at
    }
    if (found < 0) return undefined
    const [start, afterType, end] = [this.#at(found, startAt), this.#at(found, afterTypeAt), this.#at(found, endAt)]
    return { start, afterType, end, stampEnd: this.#stampEnd }
  }

  /** Whether an operation that was found states its record whole, in this version. */
  isWhole({ start, end }: Cut, rev: number): boolean {
    return !isAt(this.#line, start, updateMark) && revBefore(this.#line, end) === rev
  }

  /** Takes note of the operation that begins here; returns where it ends. */
  #add(start: number): number {
    const line = this.#line
    const isUpdate = isAt(line, start, updateMark)
    if (!isUpdate && !isAt(line, start, typeMark)) return Math.abs(operationEnd(line, start, 0))
    const typeFrom = start + (isUpdate ? updateMark : typeMark).length
    const typeEnd = plainTextEnd(line, typeFrom)
    const mark = isUpdate ? targetMark : dataMark
    const idFrom = typeEnd + mark.length
    const idEnd = typeEnd >= 0 && isAt(line, typeEnd, mark) ? plainTextEnd(line, idFrom) : -1
    if (idEnd < 0) return Math.abs(operationEnd(line, start, 0))
    const end = operationEnd(line, idEnd + 1, isUpdate ? 1 : 2)
    // A second id might be the one that counts.
    if (end < 0) return -end
    const numbers = this.#room()
    const at = this.#count++ * numbersEach
    numbers[at + startAt] = start
    numbers[at + endAt] = end
    numbers[at + afterTypeAt] = isUpdate ? start + afterUpdate : typeEnd + 1
    numbers[at + typeAt] = typeFrom
    numbers[at + typeEndAt] = typeEnd
    numbers[at + idAt] = idFrom
    numbers[at + idEndAt] = idEnd
    return end
  }

  #room(): Int32Array {
    if ((this.#count + 1) * numbersEach <= this.#numbers.length) return this.#numbers
    const grown = new Int32Array(this.#numbers.length * 2)
    grown.set(this.#numbers)
    this.#numbers = grown
    return grown
  }

  #hashAll(): void {
    let places = firstCapacity
    while (places < this.#count) places *= 2
    if (places === this.#last.length) this.#last.fill(0)
    else this.#last = new Int32Array(places)
    for (let number = 0; number < this.#count; number++) {
      const place = hashOfBytes(this.#line, this.#at(number, idAt), this.#at(number, idEndAt)) & (places - 1)
      this.#numbers[number * numbersEach + nextAt] = this.#last[place] ?? 0
      this.#last[place] = number + 1
    }
  }

  #at(number: number, what: number): number {
    return this.#numbers[number * numbersEach + what] ?? 0
  }

  #is(number: number, type: string, id: string): boolean {
    return (
      isText(this.#line, this.#at(number, idAt), this.#at(number, idEndAt), id) &&
      isText(this.#line, this.#at(number, typeAt), this.#at(number, typeEndAt), type)
    )
  }
}

/**
 * Where the operation ends of which everything before `from` is known, which is so many objects deep and in no text; as a negative number where an
 * "id" is a key of it or of its record.
 */
function operationEnd(line: Uint8Array, from: number, depthBefore: number): number {
  let depth = depthBefore
  let sign = 1
  for (let at = from; at < line.length; at++) {
    const byte = line[at]
    if (byte === quote) {
      if (depth <= recordDepth && isAt(line, at, idKey)) sign = -1
      at = textEnd(line, at + 1)
    } else if (byte === brace) depth++
    else if (byte === closingBrace && --depth === 0) return sign * (at + 1)
  }
  return sign * line.length
}

/** The number behind `},"rev":` at the end of an operation; -1 where it does not end so. */
function revBefore(line: Uint8Array, end: number): number {
  let at = end - 1
  let rev = 0
  for (let unit = 1; end - 1 - at <= mostDigits; unit *= 10) {
    const digit = line[at - 1] ?? 0
    if (digit < zero || digit > nine) break
    rev += (digit - zero) * unit
    at--
  }
  const isNumber = at < end - 1 && end - 1 - at <= mostDigits
  return isNumber && isAt(line, at - revMark.length, revMark) ? rev : -1
}

/** FNV-1a. Source: RFC 9923. */
function hashOf(text: string): number {
  let hash = fnvOffset
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), fnvPrime)
  return hash ^ (hash >>> 16)
}

function hashOfBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = fnvOffset
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), fnvPrime)
  return hash ^ (hash >>> 16)
}
