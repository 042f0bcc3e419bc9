import type { Measured } from '../measure/measured.ts'
import type { MemoryFigures } from '../memory/measure-memory.ts'
import { manyRecords, memoryHeapMiB, memoryJob, mostMemoryMiB } from '../memory/memory-job.ts'
import { asideInChild } from '../run/aside-child.ts'
import { findEntry } from '../run/entry.ts'
import type { Workload } from '../workload.ts'

const mebibyte = 1_048_576

/**
 * M1: a process loads the records, does as many mixed operations, closes and opens again, and does as many again, with a cache of
 * 16 MiB: the most anonymous memory that it has held, whatever it did just then.
 */
export const highestMemory: Workload = {
  id: 'M1',
  title: 'highest anonymous memory: load, mixed operations, reopening, mixed operations',
  unit: 'MiB',
  stage: 'empty',
  takes: [['memory']],
  bounds: [{ of: 'value', atMost: mostMemoryMiB, belowSize: manyRecords }],
  async run({ dir, data: { size: records, seed } }) {
    // A process of its own, because of the limit that its objects are given; started as this one was.
    const entry = findEntry(import.meta.url.endsWith('.ts') ? 'source' : 'built')
    const job = memoryJob({ dir, records, seed })
    return highestOf(await asideInChild('memory', job, { entry, heapMiB: memoryHeapMiB }), job.operations)
  },
}

/** The highest peak of all phases. */
export function highestOf({ phases }: Pick<MemoryFigures, 'phases'>, operations: number): Measured {
  const peaks = phases.map(({ name, peakBytes }) => `${name} ${Math.round(peakBytes / mebibyte)}`)
  const value = Math.max(...phases.map(({ peakBytes }) => peakBytes)) / mebibyte
  return { value, operations: 2 * operations, remark: `MiB at the most, by phase: ${peaks.join(', ')}` }
}
