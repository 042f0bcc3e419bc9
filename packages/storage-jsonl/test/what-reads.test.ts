import { expect, test } from 'vitest'
import { headerLine, parseControl, type SegmentHeader } from '../src/format/control-line.ts'
import { format } from '../src/format/format.ts'
import { sealedLine } from '../src/format/line.ts'
import { decodeManifest, encodeManifest, type Manifest } from '../src/format/manifest.ts'
import { isBlank, plainText, whyNotPlain } from '../src/format/plain-line.ts'

const timestamp = '2026-01-01T00:00:00.000Z'
const control = (type: string, data?: unknown) => parseControl(JSON.stringify({ type, timestamp, data }))

const prev = { segment: 1, lastSeq: 4, bytes: 99, crc: '00000000' }
const log: SegmentHeader = { format, log: 'l', segment: 2, epoch: 3, kind: 'log', firstSeq: 5 }
const base: SegmentHeader = { format, log: 'l', segment: 2, epoch: 3, kind: 'base', upTo: 9 }

test.each<SegmentHeader>([log, { ...log, prev }, { ...log, sparse: true, salvage: 's' }, base])(
  'a segment’s header comes back as it was written: %j',
  (header) => {
    expect(parseControl(headerLine(header, timestamp).toString())).toEqual({ type: '$segment', header })
  },
)

test.each<[unknown, string]>([
  [undefined, 'names no format'],
  [{ ...log, format: undefined }, 'names no format'],
  [{ ...log, format: { ...format, major: '1' } }, 'names no format'],
  [{ ...log, format: { ...format, minor: 0.5 } }, 'names no format'],
  [{ ...log, format: { ...format, incompat: 'folded' } }, 'names no format'],
  [{ ...log, format: { ...format, incompat: [1] } }, 'names no format'],
  [{ ...log, log: 7 }, 'lacks log, segment or epoch'],
  [{ ...log, segment: -1 }, 'lacks log, segment or epoch'],
  [{ ...log, epoch: 0.5 }, 'lacks log, segment or epoch'],
  [{ ...log, firstSeq: undefined }, 'lacks firstSeq'],
  [{ ...log, prev: null }, 'or a whole prev'],
  [{ ...log, prev: { ...prev, segment: '1' } }, 'or a whole prev'],
  [{ ...log, prev: { ...prev, lastSeq: -1 } }, 'or a whole prev'],
  [{ ...log, prev: { ...prev, bytes: null } }, 'or a whole prev'],
  [{ ...log, prev: { ...prev, crc: 0 } }, 'or a whole prev'],
  [{ ...base, upTo: undefined }, 'the base header lacks upTo'],
])('a header of which something is missing is none: %j', (data, reason) => {
  expect(control('$segment', data)).toContain(reason)
})

test.each([
  { ...format, major: format.major + 1 },
  { ...format, incompat: ['folded'] },
])('a header of a format that cannot be read here says which: %j', (foreign) =>
  expect(control('$segment', { ...log, format: foreign })).toEqual({ type: 'foreign', format: foreign }),
)

test('a gap and an epoch come back, and with something missing they are none', () => {
  const gap = { from: 3, to: 4, sha256: 'x', report: 's' }
  expect(control('$gap', gap)).toEqual({ type: '$gap', gap })
  for (const change of [{ from: -1 }, { to: 'four' }, { to: 2 }])
    expect(control('$gap', { ...gap, ...change })).toBe('the gap line names no commits')
  for (const change of [{ sha256: 1 }, { report: undefined }])
    expect(control('$gap', { ...gap, ...change })).toBe('the gap line lacks sha256 or report')
  expect(control('$gap', null)).toBe('the gap line names no commits')
  expect(control('$epoch', { epoch: 7 })).toEqual({ type: '$epoch', epoch: 7 })
  for (const data of [undefined, null, {}, { epoch: -1 }, 'seven'])
    expect(control('$epoch', data)).toBe('the epoch line names no epoch')
  expect([control('$close', {}), control('$dur', {}), control('$later', {})]).toEqual([
    { type: '$close' },
    { type: '$dur' },
    { type: 'other' },
  ])
})

const manifest: Manifest = {
  format,
  log: 'l',
  epoch: 3,
  writer: 'w',
  clean: true,
  truncated: 0,
  segments: [
    {
      kind: 'log',
      file: 'log-00000001.jsonl',
      segment: 1,
      epoch: 1,
      firstSeq: 1,
      lastSeq: 4,
      bytes: 99,
      crc: '00000000',
    },
    { kind: 'active', file: 'log-00000002.jsonl', segment: 2, epoch: 3, firstSeq: 5 },
  ],
  obsolete: ['log-00000009.jsonl'],
  lost: [{ from: 2, to: 3, report: 's' }],
  resealed: ['r'],
}

function decoded(data: unknown, type = '$manifest'): unknown {
  return decodeManifest(sealedLine(Buffer.from(JSON.stringify({ type, timestamp, data })), { seq: 4 }))
}

test('a manifest comes back as it was written, also without what came to it later', () => {
  expect(decodeManifest(encodeManifest(manifest, timestamp))).toEqual(manifest)
  const { lost: _, resealed: __, ...former } = manifest
  expect(decoded(former)).toEqual(former)
})

const [entry, active] = manifest.segments
test.each<[string, readonly unknown[]]>([
  ['log', [7, undefined]],
  ['epoch', [-1, '3']],
  ['writer', [null]],
  ['clean', ['yes']],
  ['truncated', [-1]],
  ['obsolete', ['x', [7], ['../outside'], ['manifest.json']]],
  [
    'lost',
    [
      'x',
      [7],
      [null],
      [{ from: 3, to: 2, report: 's' }],
      [{ from: 2, to: 3 }],
      [{ to: 3, report: 's' }],
      [{ from: 2, report: 's' }],
    ],
  ],
  ['resealed', ['x', [7]]],
  [
    'segments',
    [
      'x',
      [null],
      [{ ...active, kind: 'toString' }],
      [{ ...active, kind: 7 }],
      [{ ...active, firstSeq: -1 }],
      [{ ...entry, crc: 7 }],
      ...[7, '', '.hidden', 'a/b', 'a\\b', 'a\0b', 'archive/', 'archive/.a', 'archive/a/b'].map((file) => [
        { ...active, file },
      ]),
    ],
  ],
])('a manifest with another %s is none', (key, values) => {
  for (const value of values) {
    const found = decoded({ ...manifest, [key]: value })
    expect(found, JSON.stringify(value)).toBe('something in it is missing or of the wrong kind')
  }
})

test('what is no line of a manifest says why', () => {
  const line = encodeManifest(manifest, timestamp)
  expect(decodeManifest(line.subarray(0, -1))).toBe('it is not one line')
  expect(decodeManifest(Buffer.concat([line, line]))).toBe('it is not one line')
  expect(decodeManifest(Buffer.from(line.toString().replace('"w"', '"v"')))).toBe('the checksum does not match')
  expect(decoded(manifest, '$segment')).toBe('it is of another type')
  expect(decoded('manifest')).toBe('it is of another type')
  expect(decoded(null)).toBe('it is of another type')
  expect(decoded({ ...manifest, format: 1 })).toBe('it names no format')
  const foreign = { ...format, major: format.major + 1 }
  expect(decoded({ ...manifest, format: foreign })).toEqual({ foreign })
})

test.each<[string, string | undefined]>([
  ['{"type":"plan","timestamp":"t","data":{}}', undefined],
  ['{"type":"update","timestamp":"t","target":"plan","id":"a","changes":{}}', undefined],
  ['{"type":"delete","timestamp":"t","target":"plan","id":"a"}', undefined],
  ['<<<<<<< mine', 'a git conflict marker'],
  ['=======', 'a git conflict marker'],
  ['{"type":', 'it is not JSON'],
  ['[]', 'it is not a JSON object'],
  ['null', 'it is not a JSON object'],
  ['{"type":""}', 'it has no type'],
  ['{}', 'it has no type'],
  ['{"type":"$close"}', 'not of the plain format'],
  ['{"type":"plan"}', 'it has no timestamp'],
  ['{"type":"plan","timestamp":"t","data":[]}', 'has no data object'],
  ['{"type":"update","timestamp":"t","id":"a"}', 'has no target or no id'],
  ['{"type":"delete","timestamp":"t","target":"plan","id":7}', 'has no target or no id'],
  ['{"type":"update","timestamp":"t","target":"plan","id":"a"}', 'has no changes object'],
])('of the plain format or not: %s', (line, reason) => {
  const found = whyNotPlain(Buffer.from(line))
  if (reason === undefined) expect(found).toBeUndefined()
  else expect(found).toContain(reason)
})

test('the text of a plain line is without a byte order mark and a carriage return', () => {
  const textOf = (line: string): string => plainText(Buffer.from(line), 0, Buffer.byteLength(line)).toString()
  expect(['\ufeff{}\r', '{}\r', '{}', '\r', ''].map(textOf)).toEqual(['{}', '{}', '{}', '', ''])
  expect([' \t', '', ' {}'].map((line) => isBlank(Buffer.from(line)))).toEqual([true, true, false])
  expect(whyNotPlain(Buffer.from([0xff, 0xfe]))).toBe('it is not UTF-8')
})
