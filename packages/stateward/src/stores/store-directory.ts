import { StatewardError } from '@stateward/contract'

/** Leaves room for what tools add: nearly all file systems allow 255 bytes. */
const longest = 240
const kept = /^[a-z0-9_.-]$/
/** What Windows takes for a device, with or without an extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/**
 * The directory that a store's name stands for, one for each name on every file system: lower-case letters, digits,
 * `_`, `-` and `.` stand for themselves, everything else is percent-encoded (`decodeURIComponent` gives the name back).
 * So two names never meet where upper and lower case, or the ways to write an accent, are the same; none leads out of
 * the folder, and none is hidden. `INVALID`: empty, not text, half a character, or more than 240 characters so encoded.
 */
export function storeDirectory(name: string): string {
  if (typeof name !== 'string' || name === '') throw refused(name, 'text of at least one character')
  if (name.length > longest) throw refused(name, `at most ${longest} characters once encoded`)
  const encoded = hidden(Array.from(wellFormed(name), (one) => (kept.test(one) ? one : percent(one))).join(''))
  if (encoded.length > longest)
    throw refused(name, `at most ${longest} characters once encoded, which this takes ${encoded.length} of`)
  return encoded
}

/** The name that a directory stands for; `undefined` where `storeDirectory` makes none such. */
export function storeName(directory: string): string | undefined {
  try {
    const name = decodeURIComponent(directory)
    return storeDirectory(name) === directory ? name : undefined
  } catch {
    return undefined
  }
}

/** A dot at the beginning hides, one at the end is dropped by Windows, and a device is none of ours. */
function hidden(encoded: string): string {
  const end = encoded.endsWith('.') ? `${encoded.slice(0, -1)}%2e` : encoded
  return end.startsWith('.') || device.test(end) ? `${percent(end.charAt(0))}${end.slice(1)}` : end
}

function percent(one: string): string {
  return Array.from(Buffer.from(one), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function wellFormed(name: string): string {
  if (Buffer.from(name).toString() === name) return name
  throw refused(name, 'whole characters, and there is half a surrogate pair')
}

function refused(name: unknown, expected: string): StatewardError {
  const found = typeof name === 'string' ? JSON.stringify(name.slice(0, longest)) : typeof name
  return new StatewardError('INVALID', `the name of a store is expected to be ${expected}, found ${found}`)
}
