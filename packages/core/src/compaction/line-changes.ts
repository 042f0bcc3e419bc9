import { changeLine, decodeLoosely, isWholeLineOf } from '../log/codec.ts'
import { operationIn } from '../log/one-change.ts'
import { type BodyRequest, misplaced } from '../records/bodies.ts'
import { recordKey } from '../records/record-key.ts'
import type { BytePieces } from './byte-pieces.ts'
import { type WholeOperation, type WholeOperations, wholeOperationAt, wholeOperationsIn } from './whole-operations.ts'

/** Of a line in which more records are asked for than this each operation is looked at. */
const mostAlone = 4
/** How a line of several changes begins. */
const several = Buffer.from('{"type":"tx",')

interface Named {
  readonly type: string
  readonly id: string
}

/** What is to be known of a row of a base to find its line. */
interface RowNamed {
  readonly type: { readonly name: string }
  readonly id: string
  readonly rev: number
}

/** A part of a line that is to be a line of its own; without a time of its own it bears none in between. */
export interface Cut {
  readonly start: number
  readonly afterType: number
  readonly end: number
  readonly timestamp: string
}

/** What one line of the log says of single records: which of its bytes are a line of each. */
export class LineChanges {
  readonly #line: Buffer
  readonly #isAlone: boolean
  /** Whether it is the line of one change. */
  readonly #isSingle: boolean
  #wholes: WholeOperations | undefined | 'unknown' = 'unknown'
  #all: Map<string, Uint8Array> | undefined

  /** @param asked how many records will be asked for */
  constructor(line: Uint8Array, asked: number) {
    this.#line = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
    this.#isAlone = asked <= mostAlone
    this.#isSingle = !beginsWith(line, several)
  }

  /** The line of this row: where this one states the record whole, in the row's version. */
  rowOf({ type: { name: type }, id, rev }: RowNamed): Cut | undefined {
    if (this.#isSingle) return isWholeLineOf(this.#line, { type, id, rev }) ? this.#itself : undefined
    const whole = this.#whole({ type, id })
    return whole?.rev === rev ? whole : undefined
  }

  /** The whole line, if it is of one change, whichever record that is of. */
  get single(): Cut | undefined {
    return this.#isSingle ? this.#itself : undefined
  }

  /** A line that changes this record and nothing else. `CORRUPT` where this one, of several changes, does not. */
  partOf(request: BodyRequest): Cut | Uint8Array {
    if (this.#isSingle) return this.#itself
    const cut = this.#isAlone ? operationIn(this.#line, request) : this.#whole(request)
    const part = cut ?? this.#decoded().get(recordKey(request.type, request.id))
    if (part === undefined) throw misplaced(request)
    return part
  }

  /** Copies a part into `pieces`; returns its place there, and the length. */
  copy(
    { start, afterType, end, timestamp }: Cut,
    pieces: BytePieces,
  ): { readonly place: number; readonly length: number } {
    const stamp = timestamp === '' ? '' : `,"timestamp":"${timestamp}"`
    const length = end - start + stamp.length
    const { place, block, at } = pieces.reserve(length)
    this.#line.copy(block, at, start, afterType)
    block.write(stamp, at + afterType - start, 'latin1')
    this.#line.copy(block, at + afterType - start + stamp.length, afterType, end)
    return { place, length }
  }

  get #itself(): Cut {
    return { start: 0, afterType: 0, end: this.#line.length, timestamp: '' }
  }

  #whole(record: Named): WholeOperation | undefined {
    if (this.#isAlone) return this.#wholeAlone(record)
    if (this.#wholes === 'unknown') this.#wholes = wholeOperationsIn(this.#line)
    const found = this.#wholes?.get(record.id)
    return found?.type === record.type ? found : undefined
  }

  #wholeAlone(record: Named): WholeOperation | undefined {
    const place = operationIn(this.#line, record)
    const whole = place && wholeOperationAt(this.#line, place, record.type)
    return whole?.id === record.id && whole.type === record.type ? whole : undefined
  }

  /** Written anew: what cannot be told from its bytes. */
  #decoded(): Map<string, Uint8Array> {
    if (this.#all !== undefined) return this.#all
    const { changes, timestamp } = decodeLoosely(this.#line, 0)
    this.#all = new Map(changes.map((one) => [recordKey(one.type, one.id), changeLine(one, timestamp)]))
    return this.#all
  }
}

function beginsWith(line: Uint8Array, beginning: Uint8Array): boolean {
  for (let at = 0; at < beginning.length; at++) if (line[at] !== beginning[at]) return false
  return true
}
