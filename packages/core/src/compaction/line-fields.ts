import { isAt, isText, plainTextEnd, valueEnd } from './line-bytes.ts'

const quote = 0x22
const colon = 0x3a
const comma = 0x2c
const closingBrace = 0x7d
const noBytes = Buffer.alloc(0)
/** What is kept of a field: in which line it stands, where its key begins, where that ends, where its value ends. */
const numbersEach = 4
const firstFields = 64

/** A part of one of the lines. */
export interface Part {
  readonly line: number
  readonly from: number
  readonly to: number
}

/** Fields of objects that stand in some lines, by where they stand. Used again and again. */
export class LineFields {
  #lines: readonly Buffer[] = []
  #numbers = new Int32Array(firstFields * numbersEach)
  #count = 0

  /** None, of these lines. */
  begin(lines: readonly Buffer[]): void {
    this.#lines = lines
    this.#count = 0
  }

  get count(): number {
    return this.#count
  }

  line(number: number): Buffer {
    return this.#lines[number] ?? noBytes
  }

  /** Adds all fields of the object whose first key begins here; where its brace is. -1 where a key is not plain ASCII, or something is not JSON without spaces. */
  read(number: number, from: number): number {
    const line = this.line(number)
    if (line[from] === closingBrace) return from
    for (let at = from; ; at++) {
      const keyEnd = line[at] === quote ? plainTextEnd(line, at + 1) : -1
      if (keyEnd < 0 || line[keyEnd + 1] !== colon) return -1
      const end = valueEnd(line, keyEnd + 2)
      this.#add(number, at, keyEnd + 1, end)
      at = end
      if (line[at] !== comma) return line[at] === closingBrace ? at : -1
    }
  }

  /** A field with its key. */
  part(field: number): Part {
    return { line: this.#number(field, 0), from: this.#number(field, 1), to: this.#number(field, 3) }
  }

  /** Whether a field has this key, given with its quotes and colon. */
  hasKey(field: number, key: Uint8Array): boolean {
    const from = this.#number(field, 1)
    const isAsLong = this.#number(field, 2) - from === key.length - 1
    return isAsLong && isAt(this.line(this.#number(field, 0)), from, key)
  }

  /** Whether a field from this one on has this key. */
  haveKey(from: number, key: Uint8Array): boolean {
    for (let field = from; field < this.#count; field++) if (this.hasKey(field, key)) return true
    return false
  }

  /** The value of a field, without its quotes; `undefined` where it is no text, or none in plain ASCII. */
  text(field: number): Part | undefined {
    const line = this.#number(field, 0)
    const from = this.#number(field, 2) + 2
    const to = this.#number(field, 3) - 1
    const bytes = this.line(line)
    return bytes[from - 1] === quote && plainTextEnd(bytes, from) === to ? { line, from, to } : undefined
  }

  /** Whether two parts are the same bytes. */
  isSame(one: Part, other: Part): boolean {
    if (one.to - one.from !== other.to - other.from) return false
    const [line, otherLine] = [this.line(one.line), this.line(other.line)]
    for (let at = one.from; at < one.to; at++) if (line[at] !== otherLine[at - one.from + other.from]) return false
    return true
  }

  /** The fields from `known` on take the places of those before them that have their keys. */
  assign(known: number): void {
    const all = this.#count
    this.#count = known
    for (let field = known; field < all; field++) {
      let into = 0
      while (into < this.#count && !this.#isSameKey(into, field)) into++
      this.#numbers.copyWithin(into * numbersEach, field * numbersEach, (field + 1) * numbersEach)
      if (into === this.#count) this.#count++
    }
  }

  remove(name: string): void {
    for (let field = this.#count - 1; field >= 0; field--) {
      const line = this.line(this.#number(field, 0))
      if (!isText(line, this.#number(field, 1) + 1, this.#number(field, 2) - 1, name)) continue
      this.#numbers.copyWithin(field * numbersEach, (field + 1) * numbersEach, this.#count * numbersEach)
      this.#count--
    }
  }

  #isSameKey(one: number, other: number): boolean {
    const [from, to] = [this.#number(one, 1), this.#number(one, 2)]
    const otherFrom = this.#number(other, 1)
    if (this.#number(other, 2) - otherFrom !== to - from) return false
    const [line, otherLine] = [this.line(this.#number(one, 0)), this.line(this.#number(other, 0))]
    for (let at = from; at < to; at++) if (line[at] !== otherLine[at - from + otherFrom]) return false
    return true
  }

  #add(line: number, keyFrom: number, keyEnd: number, end: number): void {
    let at = this.#count * numbersEach
    if (at === this.#numbers.length) {
      const grown = new Int32Array(at * 2)
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    this.#numbers[at++] = line
    this.#numbers[at++] = keyFrom
    this.#numbers[at++] = keyEnd
    this.#numbers[at++] = end
    this.#count++
  }

  #number(field: number, what: number): number {
    return this.#numbers[field * numbersEach + what] ?? 0
  }
}
