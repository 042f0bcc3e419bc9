import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scanLines } from '../src/scanning/scan.ts'

const text = readFileSync(new URL('../../../docs/log-format.md', import.meta.url), 'utf8')
const examples = [...text.matchAll(/^```jsonl\n(.*?)^```$/gms)].map(([, lines = '']) => lines)

async function* bytesOf(lines: string): AsyncGenerator<Buffer> {
  yield Buffer.from(lines)
}

test('the examples of the format are segments that read', async () => {
  const sealed = examples.filter((lines) => lines.includes('$segment'))
  expect(sealed).toHaveLength(3)
  for (const lines of sealed) {
    const scan = await scanLines(bytesOf(lines), 'example')
    expect(scan.damage.named).toEqual([])
  }
  const [first = '', second = ''] = sealed
  const { crc, goodBytes } = await scanLines(bytesOf(first), 'example')
  expect(JSON.parse(second).data.prev).toEqual({ segment: 1, lastSeq: 4, bytes: goodBytes, crc })
})
