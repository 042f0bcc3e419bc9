import { short } from '../report/numbers.ts'
import { table } from '../report/table.ts'
import { verdict } from '../report/verdict.ts'
import type { MemoryFigures } from './measure-memory.ts'
import { manyRecords, mostMemoryMiB } from './memory-job.ts'

const mebibytes = (bytes: number): string => `${short(bytes / 1_048_576)} MiB`

/** What a store of this size takes in memory, phase by phase, for people. */
export function memoryTable({ records, phases, memory }: MemoryFigures): string {
  const indexBytes = memory.indexes.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    table(
      ['phase', 'peak of anonymous memory', 'heap at its end', 'buffers at its end', 'seconds', 'of processors'],
      phases.map(({ name, peakBytes, heapBytes, buffersBytes, seconds, cpuSeconds }) => [
        name,
        ...[peakBytes, heapBytes, buffersBytes].map(mebibytes),
        ...[seconds, cpuSeconds].map(short),
      ]),
    ),
    table(
      ['at the end', 'found'],
      [
        ['records', String(records)],
        ['cache, of at most', `${mebibytes(memory.cache.bytes)}, ${mebibytes(memory.cache.maxBytes)}`],
        ['tables', mebibytes(memory.memoryParts.tables)],
        ['indexes', mebibytes(indexBytes)],
        ['indexes that were dropped', String(memory.indexes.filter(({ dropped }) => dropped).length)],
        ['highest peak', highest(records, Math.max(...phases.map(({ peakBytes }) => peakBytes)))],
      ],
    ),
  ].join('\n\n')
}

/** Where there are so many that they have a bound of their own, it is told and not judged. */
function highest(records: number, bytes: number): string {
  if (records >= manyRecords) return mebibytes(bytes)
  return `${mebibytes(bytes)}, ${verdict(`≤ ${mostMemoryMiB} MiB`, bytes <= mostMemoryMiB * 1_048_576)}`
}
