import { jsonlStorage } from '../src/index.ts'

/** A process of its own that reads the store in its first argument in every way there is, and prints how many commits it saw. */
const [, , dir = ''] = process.argv

const reader = await jsonlStorage({ dir }).openReader()
const ptrs: number[] = []
for await (const batch of reader.read(1)) ptrs.push(...batch.ptrs)
await reader.fetch(ptrs)
reader.fetchSync?.(ptrs)
await reader.loadBase()
const { ok } = await reader.verify()
const { lastSeq } = await reader.stats()
for await (const { firstSeq, records } of reader.follow(1, new AbortController().signal)) {
  if (firstSeq + records.length > lastSeq) break
}
await reader.close()
process.stdout.write(`${ptrs.length} ${ok}\n`)
