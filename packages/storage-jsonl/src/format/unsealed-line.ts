import { type Gap, isControl, parseControl } from './control-line.ts'
import { plainText, whyNotPlain } from './plain-line.ts'

/** The tail of a line as a person may have left it: whole, in part, or with blanks in it. */
const tail = /\s*,\s*"seq"\s*:\s*\d+\s*(?:,\s*"dur"\s*:\s*\d+\s*)?(?:,\s*"crc"\s*:\s*"[^"]*"\s*)?\}\s*$/

/** What a line that was edited by hand says: a commit, without its tail, or a gap. */
export type Unsealed = { readonly record: Buffer } | { readonly gap: Gap }

/** Reads a line whatever its seal says; `undefined` for one of the storage's own. Returns in words what is wrong with one that is no line of a log. */
export function unsealed(line: Buffer): Unsealed | undefined | string {
  const text = plainText(line, 0, line.length)
  if (isControl(text)) return control(text)
  const record = Buffer.from(text.toString().replace(tail, '}').trim())
  return whyNotPlain(record) ?? { record }
}

function control(text: Buffer): Unsealed | undefined | string {
  const found = parseControl(text.toString())
  if (typeof found === 'string') return found
  return found.type === '$gap' ? { gap: found.gap } : undefined
}
