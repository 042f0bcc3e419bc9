import { StatewardError } from '@stateward/contract'

/** What may come at once, so that memory holds the rows of no more than this. */
const portionBytes = 65_536
const utf8Mark = [0xef, 0xbb, 0xbf]
const utf16Marks = [
  [0xff, 0xfe],
  [0xfe, 0xff],
]

/**
 * The bytes of a text in portions, without the mark (BOM) that may stand before it. `INVALID` where the mark says that
 * it is UTF-16.
 */
export async function* unmarkedBytes(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let first: Uint8Array | undefined = new Uint8Array()
  for await (const given of source) {
    let bytes = typeof given === 'string' ? encoder.encode(given) : given
    if (first !== undefined) {
      bytes = joined(first, bytes)
      first = bytes.length < utf8Mark.length ? bytes : undefined
      if (first !== undefined) continue
      bytes = withoutMark(bytes)
    }
    for (let at = 0; at < bytes.length; at += portionBytes) yield bytes.subarray(at, at + portionBytes)
  }
  if (first !== undefined && first.length > 0) yield withoutMark(first)
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  if (utf16Marks.some((mark) => beginsWith(bytes, mark)))
    throw new StatewardError('INVALID', 'expected a text in UTF-8, found one in UTF-16; save it as "CSV UTF-8"')
  return beginsWith(bytes, utf8Mark) ? bytes.subarray(utf8Mark.length) : bytes
}

function beginsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte)
}

function joined(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  // A copy even where there was nothing before: a source may use its buffer again.
  const both = new Uint8Array(before.length + bytes.length)
  both.set(before)
  both.set(bytes, before.length)
  return both
}
