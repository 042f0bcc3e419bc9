import type { Slot } from '@stateward/contract'
import { DamagedImage } from '../images/damaged-image.ts'
import { type Imaged, type ImageReader, type ImageWriter, jsonBytes, jsonOf } from '../images/image.ts'
import type { Pieces } from '../images/pieces.ts'
import { released } from '../images/released.ts'
import { readUuid, uuidText, uuidWords } from '../keys/uuid.ts'
import type { SlotIds } from './slot-ids.ts'
import { SlotRows } from './slot-rows.ts'

const placeBytes = 8
const slotsPerPiece = 4_096
const noBytes = new Uint8Array(0)
const scratch = new Uint32Array(uuidWords)

/** The text that `compareText` was asked about last: a search asks about one text twenty times. */
let soughtText = ''
let isSoughtUuid = false
const soughtWords = new Uint32Array(uuidWords)

/**
 * Slot → id. A UUID in its usual form takes 16 bytes; any other text is kept as it is. What `compare` and `idOf` give
 * for a slot that holds nothing means nothing.
 */
export class IdRows implements SlotIds, Imaged {
  readonly #rows = new SlotRows(uuidWords)
  /** Ids that are no UUID. Sparse: the engine keeps it small when few slots, far apart, hold such an id. */
  readonly #texts: (string | undefined)[] = []
  /** Where the texts are as long as they have not been read. */
  #unread: Pick<Pieces, 'count' | 'at' | 'take'> | undefined

  set(slot: Slot, id: string): void {
    if (readUuid(id, scratch)) this.setUuid(slot, scratch)
    else this.setText(slot, id)
  }

  setUuid(slot: Slot, words: Uint32Array): void {
    this.#rows.write(slot, words)
  }

  readUuid(slot: Slot, into: Uint32Array): void {
    this.#rows.read(slot, into)
  }

  /** Only for a text that `readUuid` refuses. */
  setText(slot: Slot, id: string): void {
    this.#texts[slot] = id
  }

  remove(slot: Slot): void {
    if (!this.isUuid(slot)) this.#texts[slot] = undefined
  }

  clear(): void {
    this.#rows.clear()
    this.#texts.length = 0
    this.#unread = undefined
  }

  /** Calls back for every slot whose id is kept as a text. */
  eachText(call: (text: string, slot: Slot) => void): void {
    this.#readTexts()
    // This skips the holes of a sparse array.
    this.#texts.forEach((text, slot) => {
      if (text !== undefined) call(text, slot)
    })
  }

  /** Of ids that are texts, the place in the list; the texts belong to whoever counts them. */
  get bytes(): number {
    return this.#rows.bytes + this.#texts.length * placeBytes
  }

  release(): readonly ArrayBufferView[] {
    this.#texts.length = 0
    this.#unread = released
    return this.#rows.release()
  }

  save(image: ImageWriter): void {
    this.#readTexts()
    this.#rows.save(image)
    image.pieces(textPieces(this.#texts.slice()))
  }

  load(image: ImageReader): void {
    this.#rows.load(image)
    const texts = image.pieces()
    if (texts.count === 0) return
    this.#unread = texts
    image.later(this.#rest())
  }

  #readTexts(): void {
    const unread = this.#unread
    if (unread === undefined) return
    for (let piece = 0; piece < unread.count; piece++)
      for (const [slot, text] of unread.take(piece, textsOf) ?? []) this.#texts[slot] ??= text
    this.#unread = undefined
  }

  *#rest(): Generator<number> {
    if (this.#unread === undefined) return
    yield this.#unread.at(0)
    this.#readTexts()
  }

  idOf(slot: Slot): string {
    const rows = this.#rows
    return this.#textOf(slot) ?? uuidText(rows.get(slot, 0), rows.get(slot, 1), rows.get(slot, 2), rows.get(slot, 3))
  }

  /** Whether the id of this slot is kept as words. */
  isUuid(slot: Slot): boolean {
    return this.#textOf(slot) === undefined
  }

  /** One of the four words of a UUID. */
  word(slot: Slot, word: number): number {
    return this.#rows.get(slot, word)
  }

  compare(a: Slot, b: Slot): number {
    if (a === b) return 0
    if (this.isUuid(a) && this.isUuid(b)) return this.#rows.compare(a, b)
    return compareTexts(this.idOf(a), this.idOf(b))
  }

  compareText(slot: Slot, text: string): number {
    if (text !== soughtText) {
      soughtText = text
      isSoughtUuid = readUuid(text, soughtWords)
    }
    if (!isSoughtUuid || !this.isUuid(slot)) return compareTexts(this.idOf(slot), text)
    for (let word = 0; word < uuidWords; word++) {
      const difference = this.#rows.get(slot, word) - (soughtWords[word] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  }

  #textOf(slot: Slot): string | undefined {
    if (this.#unread !== undefined) this.#readTexts()
    return slot < this.#texts.length ? this.#texts[slot] : undefined
  }
}

/** Some thousand slots at a time: texts are made JSON while others have their turns. */
function* textPieces(texts: readonly (string | undefined)[]): Generator<Uint8Array> {
  for (let from = 0; from < texts.length; from += slotsPerPiece) {
    const some: [slot: Slot, text: string][] = []
    for (let slot = from; slot < Math.min(texts.length, from + slotsPerPiece); slot++) {
      const text = texts[slot]
      if (text !== undefined) some.push([slot, text])
    }
    yield some.length === 0 ? noBytes : jsonBytes(some)
  }
}

function textsOf(bytes: Uint8Array): readonly (readonly [Slot, string])[] {
  const texts = jsonOf(bytes)
  if (!Array.isArray(texts) || !texts.every((one) => typeof one[1] === 'string'))
    throw new DamagedImage('no texts of ids')
  return texts
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
