import { boot, SimMedium } from '@stateward/conformance'
import { expect, test } from 'vitest'
import { bounds } from '../src/environment/bounds.ts'
import { SegmentWriter } from '../src/files/segment-writer.ts'
import { checksum, hex8 } from '../src/format/crc.ts'

test('lines are written in large pieces, all of them, and counted with or without a file', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  await disk.makeDirectory('/store')
  const file = await disk.open('/store/file', 'create')
  const wrote: number[] = []
  medium.onStep = ({ operation }) => {
    if (operation === 'write') wrote.push(medium.file('/store/file').size)
    return undefined
  }
  const lines = Array.from({ length: 300 }, (_, at) => Buffer.alloc(10_000, at % 256))
  const [written, counted] = [new SegmentWriter(file), new SegmentWriter(undefined)]
  for (const line of lines) {
    await written.add(line)
    await counted.add(line)
  }
  const sums = await written.end()
  const whole = Buffer.concat(lines)
  expect(sums).toEqual({ bytes: whole.length, crc: hex8(checksum(whole)) })
  expect(await counted.end()).toEqual(sums)
  expect(medium.file('/store/file').bytes.equals(whole)).toBe(true)
  // Each piece, but for the last one, is as large as a read.
  expect(wrote).toHaveLength(Math.ceil(whole.length / bounds.readBytes))
})
