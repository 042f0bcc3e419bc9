import type { JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import { imageOf } from '../images/image-of.ts'
import { fieldValue } from '../keys/field-value.ts'
import { BitSlices } from '../lists/bit-slices.ts'
import { anyText, markSlices, textSlices, trigramUnits } from '../lists/trigram-slices.ts'
import type { FieldIndex } from './field-index.ts'

export interface TextIndexOptions {
  readonly name: string
  readonly field: string
}

/** Of what is asked for no more is looked at: it narrows as far as all of it would. */
const mostUnits = 256
/** The rarest slices are looked through together; further ones hardly narrow what these leave. */
const mostSlices = 8

/**
 * Finds the records whose field may hold a text with another text within it, or a list with that text as an item:
 * `{ equal: [], contains: 'text' }`. It gives each that does, and some that do not: it keeps no text, but for each record
 * which of 511 groups its trigrams fall into. That is 64 bytes a record however long its text is, and a text of some thousand
 * characters falls into nearly all groups, so that it is nearly always given. Compares UTF-16 code units, as
 * `includes` does: upper and lower case differ, and so do an é that is one character and an e with an accent behind it. A
 * probe without `contains`, or with fewer than three code units, is answered with every record that holds a text.
 * `update` takes O(length of the texts) and at least O(512); `lookup` reads at most a byte a record.
 *
 * Posting lists as slices of bits, of several terms each, are from Goodwin et al., "BitFunnel: Revisiting Signatures for Search", SIGIR 2017.
 */
export function textIndex({ name, field }: TextIndexOptions): FieldIndex {
  const slices = new BitSlices(textSlices)
  const rarestOf = ({ contains }: Probe): readonly number[] => {
    const marks = new Uint8Array(textSlices)
    markSlices(marks, contains ?? '', mostUnits)
    const asked = Array.from(marks.keys()).filter((slice) => marks[slice] === 1)
    return asked.sort((one, other) => slices.count(one) - slices.count(other)).slice(0, mostSlices)
  }

  return {
    name,
    fields: [field],
    kinds: ['value'],
    shape: { equal: 0, range: false },
    texts: { leastUnits: trigramUnits },
    lookup: (probe) => slices.slots(rarestOf(probe)),
    estimate: (probe) => slices.count(rarestOf(probe)[0] ?? anyText),
    update(slot, before, after) {
      const value = fieldValue(after, field)
      if (value !== fieldValue(before, field)) slices.put(slot, marksOf(value))
    },
    take: (slot, value) => slices.put(slot, marksOf(value)),
    *fill({ slots }) {
      yield
      slices.keep(slots)
    },
    clear: () => slices.clear(),
    size: () => slices.count(anyText),
    image: imageOf('text 2', slices),
    bytes: () => slices.bytes,
    itself: {
      holds(slot, record) {
        const expected = marksOf(fieldValue(record, field))
        return { ok: slices.has(slot, expected), entries: expected === undefined ? 0 : 1 }
      },
      differences: (records) => differencesOf(slices, field, records),
    },
  }
}

/** A mark for each slice that the value stands in; `undefined` for what no text can be found in. */
function marksOf(value: JsonValue | undefined): Uint8Array | undefined {
  if (typeof value === 'string') return marksOfAll([value])
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  return texts.length === 0 ? undefined : marksOfAll(texts)
}

function marksOfAll(texts: readonly string[]): Uint8Array {
  const marks = new Uint8Array(textSlices)
  for (const text of texts) markSlices(marks, text)
  return marks
}

function* differencesOf(
  slices: BitSlices,
  field: string,
  records: Iterable<readonly [Slot, StoredRecord]>,
): Generator<string> {
  const owed = new Uint32Array(textSlices)
  for (const [slot, record] of records) {
    const expected = marksOf(fieldValue(record, field))
    if (!slices.has(slot, expected)) yield `slot ${slot} does not stand under the trigrams of its record`
    for (const [slice, mark] of expected?.entries() ?? []) owed[slice] = (owed[slice] ?? 0) + mark
  }
  const found = slices.counted()
  for (const [slice, count] of owed.entries()) {
    if (found[slice] === count && slices.count(slice) === count) continue
    yield `expected ${count} slots in slice ${slice}, found ${found[slice]}, and it counts ${slices.count(slice)}`
  }
}
