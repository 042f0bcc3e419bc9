import type { Change } from '@stateward/contract'
import type { BaseRow } from './base-rows.ts'
import { type BodyRequest, misplaced } from './bodies.ts'
import { decodeLoosely, decodeOperation, isWholeLineOf, type LooseChange } from './codec.ts'
import { oneChangeIn } from './one-change.ts'
import { recordKey } from './record-key.ts'
import { operationKey, type WholeOperation, type WholeOperations, wholeOperationsIn } from './whole-operations.ts'

/** Of a line in which more records are asked for than this each operation is looked at. */
const mostAlone = 4

/** What one line of the log says of single records, of which as little is decoded as can be. Nothing of it is frozen. */
export class LineChanges {
  readonly #line: Buffer
  readonly #isAlone: boolean
  #wholes: WholeOperations | undefined | 'unknown' = 'unknown'
  #all: Map<string, LooseChange> | undefined

  /** @param asked how many records will be asked for */
  constructor(line: Uint8Array, asked: number) {
    this.#line = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
    this.#isAlone = asked <= mostAlone
  }

  /** A line of this row alone, out of the bytes of this one: where it states the record whole, in the row's version. */
  lineOf({ type: { name: type }, id, rev }: BaseRow): Uint8Array | undefined {
    if (isWholeLineOf(this.#line, { type, id, rev })) return this.#line
    const whole = this.#whole(type, id)
    if (whole?.rev !== rev) return undefined
    const stamp = `,"timestamp":"${this.#timestamp}"`
    const { start, afterType, end } = whole
    const line = Buffer.allocUnsafe(end - start + stamp.length)
    this.#line.copy(line, 0, start, afterType)
    line.write(stamp, afterType - start, 'latin1')
    this.#line.copy(line, afterType - start + stamp.length, afterType, end)
    return line
  }

  /** `CORRUPT` where the line does not change this record, or holds no commit. */
  of(request: BodyRequest): Change | LooseChange {
    const { type, id } = request
    const whole = this.#whole(type, id)
    if (whole !== undefined)
      return decodeOperation(this.#line.toString('utf8', whole.start, whole.end), this.#timestamp)
    const change = this.#isAlone && this.#all === undefined ? oneChangeIn(this.#line, request) : undefined
    const found = change ?? this.#decoded().get(recordKey(type, id))
    if (found === undefined) throw misplaced(request)
    return found
  }

  get #timestamp(): string {
    return typeof this.#wholes === 'object' ? this.#wholes.timestamp : ''
  }

  #whole(type: string, id: string): WholeOperation | undefined {
    if (this.#isAlone) return undefined
    if (this.#wholes === 'unknown') this.#wholes = wholeOperationsIn(this.#line)
    return this.#wholes?.byRecord.get(operationKey(type, id))
  }

  #decoded(): Map<string, LooseChange> {
    this.#all ??= new Map(decodeLoosely(this.#line, 0).changes.map((one) => [recordKey(one.type, one.id), one]))
    return this.#all
  }
}
