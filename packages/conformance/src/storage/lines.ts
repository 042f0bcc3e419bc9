const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A commit as the core writes one: a JSON object in UTF-8 without line feed, and without what a storage may add. Storages
 * are given nothing else, since some of them write their own keys into the object.
 */
export function lineOf(text: string, type = 'note'): string {
  return JSON.stringify({ type, timestamp: '2026-01-01T00:00:00.000Z', data: { id: 'r', text }, rev: 1 })
}

/** A line of exactly so many bytes. */
export function lineOfBytes(bytes: number): string {
  return lineOf('x'.repeat(bytes - lineOf('').length))
}

export function encode(line: string): Uint8Array {
  return encoder.encode(line)
}

/** The text of a record. Two records have the same text exactly when they have the same bytes. */
export function decode(record: Uint8Array): string {
  return decoder.decode(record)
}

/** Texts that tend to come back changed. */
export const trickyLines: readonly string[] = [
  lineOf(''),
  lineOf('é ß 漢字 😀 \u2028\u2029 \u00a0 \ufeff'),
  lineOf('\u0000\u0001\u001f\u007f \r\n \t \\ " /'),
  lineOf('\ud800 a lone surrogate, which JSON.stringify escapes'),
  lineOf('","seq":9,"dur":8,"crc":"00000000"}'),
  lineOf('}\n{"type":"note"}\n'),
  '{"type":"note","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"r","seq":1,"crc":"0a1b2c3d"},"rev":1,"actor":"}"}',
  '{"type":"update","timestamp":"2026-01-01T00:00:00.000Z","target":"note","id":"r","changes":{},"unset":["a"],"rev":2,"prev":1,"txid":"t"}',
  '{"type":"delete","timestamp":"2026-01-01T00:00:00.000Z","target":"note","id":"r","rev":3}',
  '{"type":"tx","timestamp":"2026-01-01T00:00:00.000Z","data":{"ops":[{"type":"note","data":{"id":"s"},"rev":1}]}}',
  lineOf('x'.repeat(70_000)),
]
