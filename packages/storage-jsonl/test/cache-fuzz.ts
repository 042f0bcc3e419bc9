import { boot, type Pick, SimMedium } from '@stateward/conformance'
import { type CacheFile, CacheFileWriter, readCacheFile } from '../src/caches/cache-file.ts'
import { sealedLine } from '../src/format/line.ts'
import { DamagedLine } from '../src/scanning/damage.ts'
import { mutated } from './mutated-line.ts'

const path = '/cache'
const time = '2024-01-20T10:00:00.000Z'
const content = Buffer.from('what can be made again. '.repeat(8))
const bounds = [{ kind: 'log', segment: 2, epoch: 1, bytes: 900, crc: '00c0ffee' }] as const
const trailerBytes = 19
const crcsBytes = 4

/** Looks at `count` mutations of a cache file; throws when one gives something out that was not put into it. */
export async function fuzzCaches(count: number, pick: Pick): Promise<void> {
  const whole = await cacheFile()
  for (let done = 0; done < count; done++) {
    const changed = pick(3) === 0 ? resealed(whole, pick) : mutated(whole, pick)
    const cache = await opened(changed)
    if (typeof cache === 'string') continue
    const bytes = Buffer.alloc(Math.min(cache.bytes, changed.length))
    const isRead = await cache.read(bytes, 0).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof DamagedLine)) throw error
        return false
      },
    )
    if (isRead && !content.subarray(0, bytes.length).equals(bytes))
      throw new Error(`a cache is believed that was never written: ${JSON.stringify(changed.toString('latin1'))}`)
  }
}

async function cacheFile(): Promise<Buffer> {
  const medium = new SimMedium()
  const writer = new CacheFileWriter(await boot(medium).open(path, 'create'))
  await writer.put(content)
  await writer.finish('state', { log: 'log', upTo: 5, truncated: 0, bounds }, time)
  return Buffer.from(medium.file(path).bytes)
}

/** The line at the end changed, sealed again, and its length written again. */
function resealed(whole: Buffer, pick: Pick): Buffer {
  const from = content.length + crcsBytes
  const line = sealedLine(mutated(whole.subarray(from, -trailerBytes - 1), pick), { seq: pick(9) })
  const trailer = Buffer.from(`${line.length.toString(16).padStart(8, '0')} stateward\n`)
  return Buffer.concat([whole.subarray(0, from), line, trailer])
}

async function opened(bytes: Buffer): Promise<CacheFile | string> {
  const medium = new SimMedium()
  medium.plant(path, bytes)
  return readCacheFile(await boot(medium).open(path, 'read'), 'state')
}
