// A process that opens, holds and closes stores as the lines of its input say, and answers each with a line.
import { createInterface } from 'node:readline'
import { hasCode, type LogWriter } from '@stateward/contract'
import { jsonlStorage } from '../../src/index.ts'
import { append, recordOf } from '../records.ts'

let writer: LogWriter | undefined

async function answer(line: string): Promise<string> {
  const [verb, dir = ''] = line.split(' ')
  if (verb === 'open') {
    writer = (await jsonlStorage({ dir, ballastBytes: 0 }).openWriter('contender')).writer
    return 'open'
  }
  if (verb === 'append' && writer !== undefined) {
    await append(writer, [recordOf(1)])
    return 'appended'
  }
  await writer?.close()
  return 'closed'
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(line).catch((error: unknown) => (hasCode(error, 'LOCKED') ? 'LOCKED' : `failed ${error}`))
  process.stdout.write(`${said}\n`)
}
