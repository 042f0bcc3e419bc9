import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import type { Scan, Store } from '../contender.ts'
import { linesOf, segmentsIn } from './log-groups.ts'

const chunkBytes = 1_048_576
const newline = 0x0a

/** Reads the segments of Stateward's log from end to end, and looks at no byte. */
export async function openSequentialRead(dir: string): Promise<Store> {
  return storeOf({
    pass: () => overChunks(dir, (chunk) => chunk.length),
    known: () => segmentsIn(dir).reduce((bytes, path) => bytes + statSync(path).size, 0),
  })
}

/** The same, and looks for the end of each line. */
export async function openNewlineScan(dir: string): Promise<Store> {
  return storeOf({
    pass: () => overChunks(dir, newlinesIn),
    known: () => segmentsIn(dir).reduce((lines, path) => lines + readFileSync(path, 'utf8').split('\n').length - 1, 0),
  })
}

/** Parses every line, and counts the records that were written in it. */
export async function openParseOfLines(dir: string): Promise<Store> {
  return storeOf({
    pass() {
      let records = 0
      for (const path of segmentsIn(dir))
        for (const line of linesOf(readFileSync(path))) records += recordsIn(JSON.parse(line.toString()))
      return records
    },
    known: (size) => size,
  })
}

function storeOf(scan: Scan): Store {
  return { scan, close: () => undefined }
}

function overChunks(dir: string, count: (chunk: Buffer) => number): number {
  const room = Buffer.allocUnsafe(chunkBytes)
  let total = 0
  for (const path of segmentsIn(dir)) {
    const file = openSync(path, 'r')
    for (let read = readSync(file, room); read > 0; read = readSync(file, room)) total += count(room.subarray(0, read))
    closeSync(file)
  }
  return total
}

function newlinesIn(chunk: Buffer): number {
  let lines = 0
  for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++
  return lines
}

/** Lines of control begin with a dollar (docs/log-format.md); several records stand in one line as operations. */
function recordsIn({
  type,
  data,
}: {
  readonly type: string
  readonly data: { readonly ops?: readonly unknown[] }
}): number {
  if (type.startsWith('$')) return 0
  return type === 'tx' ? (data.ops?.length ?? 0) : 1
}
