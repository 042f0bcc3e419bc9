// A process of its own that writes to a store until it is killed: load from many callers, bases, truncations, closings and
// openings in a row that its seed decides. What it has sent and what was acknowledged it tells by a file of numbers.
import { seededPick } from '@stateward/conformance'
import type { LogWriter } from '@stateward/contract'
import { jsonlStorage } from '../../src/index.ts'
import type { LoadedWriter } from './loading.ts'
import { numberedBase, numberedRecord } from './numbered-record.ts'
import { Telling } from './told.ts'

const { dir, told, callers, seed, retention, rounds }: LoadedWriter = JSON.parse(process.argv[2] ?? '{}')
const pick = seededPick(seed)
const telling = new Telling(told)
let next = 0

async function open(): Promise<LogWriter> {
  telling.phase('opening')
  const { writer, recovery } = await jsonlStorage({ dir, retention, segmentBytes: 16_384, ballastBytes: 0 }).openWriter(
    'loaded',
  )
  next = recovery.lastSeq
  telling.phase('loading')
  return writer
}

async function appendOne(writer: LogWriter): Promise<void> {
  const durability = pick(6) === 0 ? 'none' : 'commit'
  const expectedSeq = next
  const records = Array.from({ length: pick(8) === 0 ? 3 : 1 }, () => numberedRecord(++next))
  telling.sent(next)
  const { lastSeq } = await writer.append(records, { expectedSeq, commitId: `c${expectedSeq}`, durability })
  if (durability === 'commit') telling.durable(lastSeq)
  telling.acknowledged(lastSeq)
}

async function load(writer: LogWriter): Promise<void> {
  const call = async (): Promise<void> => {
    for (let times = 1 + pick(20); times > 0; times--) await appendOne(writer)
  }
  await Promise.all(Array.from({ length: callers }, call))
}

/** A base of what there is, beside the load, and then without what it covers. */
async function compact(writer: LogWriter): Promise<void> {
  const { lastSeq: upTo } = await writer.stats()
  telling.phase('basing')
  await writer.saveBase(upTo, numberedBase(upTo))
  telling.phase('truncating')
  await writer.truncate(upTo)
  telling.phase('loading')
}

let writer = await open()
for (let round = 0; round !== rounds; round++) {
  await Promise.all([load(writer), pick(3) === 0 ? compact(writer) : undefined])
  if (pick(4) > 0) continue
  telling.phase('closing')
  await writer.close()
  writer = await open()
}
