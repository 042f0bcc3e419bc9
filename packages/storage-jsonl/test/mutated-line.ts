import type { Pick } from '@stateward/conformance'

const inserted: readonly Buffer[] = [
  Buffer.from([0]),
  Buffer.from([0xff]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from('\n'),
  Buffer.from('\r'),
  Buffer.from('{'),
  Buffer.from('}'),
  Buffer.from('"'),
  Buffer.from('\\'),
  Buffer.from(','),
  Buffer.from(',"seq":1'),
  Buffer.from(',"dur":9007199254740993'),
  Buffer.from(',"crc":"00000000"'),
  Buffer.from('"__proto__":null,'),
  Buffer.from('['.repeat(2_000)),
  Buffer.from('{"a":'.repeat(500)),
]
const values: readonly string[] = [
  '1e400',
  '-1',
  '0',
  '9007199254740993',
  '1.5',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '00',
  '"x"',
]
/** A key with its value, as far as it can be told without parsing; a number; a text. */
const field =
  /,?"(?:type|timestamp|data|format|major|incompat|log|segment|epoch|kind|firstSeq|upTo|prev|lastSeq|bytes|crc|seq|dur|from|to|sha256|report|segments|obsolete|file|claim|bounds|name|version|pagesCrc|ops|rev|target|id|changes)":(?:"[^"]*"|\d+|\[[^[\]]*\]|\{[^{}]*\}|true|false|null)/g
const number = /\d+/g
const punctuation = /[{}[\]",:]/g
const hex = /[0-9a-f]{8}/g
const value = /:(?:"[^"]*"|\d+|\[\]|\{\}|true|false)/g

type Mutation = (text: string, pick: Pick) => string

/** What may be done to the text of a line, one byte a character, by what a line is made of. */
const mutations: readonly Mutation[] = [
  (text, pick) => at(text, field, pick, () => ''),
  (text, pick) => at(text, field, pick, (found) => found + found),
  (text, pick) => at(text, field, pick, (found) => found.replace(/"(\w+)"/, '"$1x"')),
  (text, pick) => swapped(text, pick),
  (text, pick) => at(text, number, pick, (found) => `${(Number(found[0]) + 1 + pick(9)) % 10}${found.slice(1)}`),
  (text, pick) => at(text, number, pick, (found) => found + found),
  (text, pick) => at(text, value, pick, () => `:${values[pick(values.length)]}`),
  (text, pick) => at(text, punctuation, pick, () => ''),
  (text, pick) => at(text, punctuation, pick, (found) => found + found),
  (text, pick) => at(text, hex, pick, (found) => found.toUpperCase()),
  (text, pick) => insert(text, inserted[pick(inserted.length)]?.toString('latin1') ?? '', pick),
  (text, pick) => insert(text, String.fromCharCode(pick(256)), pick),
  (text, pick) => text.slice(0, pick(text.length + 1)),
  (text, pick) => text.slice(pick(text.length + 1)),
  (text, pick) => {
    const from = pick(text.length + 1)
    return text.slice(0, from) + text.slice(from + 1 + pick(12))
  },
  (text, pick) => {
    const from = pick(text.length + 1)
    const part = text.slice(from, from + 1 + pick(40))
    return insert(text, part, pick)
  },
]

/** The bytes changed once or a few times; now and then they come out as they were. */
export function mutated(bytes: Buffer, pick: Pick): Buffer {
  let text = bytes.toString('latin1')
  for (let times = 1 + (pick(3) === 0 ? pick(4) : 0); times > 0; times--) {
    text = mutations[pick(mutations.length)]?.(text, pick) ?? text
  }
  return Buffer.from(text, 'latin1')
}

function at(text: string, pattern: RegExp, pick: Pick, change: (found: string) => string): string {
  const found = behind(text, pattern, pick(text.length + 1)) ?? behind(text, pattern, 0)
  if (found === undefined) return text
  return text.slice(0, found.from) + change(found.text) + text.slice(found.to)
}

function swapped(text: string, pick: Pick): string {
  const left = behind(text, field, pick(text.length + 1)) ?? behind(text, field, 0)
  const right = left && behind(text, field, left.to)
  if (left === undefined || right === undefined) return text
  const between = text.slice(left.to, right.from)
  return text.slice(0, left.from) + right.text + between + left.text + text.slice(right.to)
}

/** The first match that begins at `from` or later. */
function behind(
  text: string,
  pattern: RegExp,
  from: number,
): { readonly text: string; readonly from: number; readonly to: number } | undefined {
  pattern.lastIndex = from
  const found = pattern.exec(text)
  return found === null ? undefined : { text: found[0], from: found.index, to: found.index + found[0].length }
}

function insert(text: string, part: string, pick: Pick): string {
  const where = pick(text.length + 1)
  return text.slice(0, where) + part + text.slice(where)
}
