import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { exportEndLine, exportedLine } from '../src/snapshots/export-lines.ts'
import { readExport } from '../src/snapshots/read-export.ts'
import { codeOf } from './code-of.ts'

const path = 'state.jsonl'
const times = { created_at: '2001-02-03T04:05:06.000Z', updated_at: '2024-01-01T00:00:00.000Z' }
const lines = [
  exportedLine('task', { id: 'a', n: 1, tags: ['x', 'y'], rev: 3, ...times }),
  exportedLine('task', { id: 'z', title: 'ü "quoted" \u2028', parent: 'a', rev: 1, ...times }),
  exportedLine('note', { id: 'n', text: null, rev: 2, created_at: times.updated_at, updated_at: times.updated_at }),
].join('')
const sha256 = createHash('sha256').update(lines).digest('hex')
const whole = Buffer.from(lines + exportEndLine({ records: 3, seq: 17, bytes: Buffer.byteLength(lines), sha256 }))

test('an export of which a bit was flipped, or that was cut to any length, is refused, or makes no difference', async () => {
  const { puts } = readExport(whole, path)
  const codes = new Map<string, number>()
  const look = async (bytes: Buffer, what: string): Promise<void> => {
    const read = (async () => expect(readExport(bytes, path).puts, what).toEqual(puts))()
    const code = await codeOf(read)
    codes.set(code, (codes.get(code) ?? 0) + 1)
    expect(['none', 'CORRUPT', 'INVALID', 'UNSUPPORTED'], what).toContain(code)
  }
  for (let bit = 0; bit < whole.byteLength * 8; bit += 5) {
    const bytes = Buffer.from(whole)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await look(bytes, `bit ${bit}`)
  }
  for (let size = 0; size < whole.byteLength - 1; size += 3) {
    await look(whole.subarray(0, size), `cut to ${size}`)
    // Behind the first line it is plain what the file was.
    if (size > whole.indexOf(10))
      expect(await codeOf((async () => readExport(whole.subarray(0, size), path))())).toBe('CORRUPT')
  }
  expect(codes.get('CORRUPT')).toBeGreaterThan(whole.byteLength)
  // The seq is told, and nothing rests on it; the last line feed says nothing.
  await look(whole.subarray(0, -1), 'without the last line feed')
  expect(codes.get('none')).toBeLessThan(20)
})
