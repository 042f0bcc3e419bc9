import { assertHarmless, changesOf } from './bytes.ts'
import { bytesStore } from './bytes-store.ts'
import type { MakeStorage } from './sim-storage.ts'

/** One store, every file of it changed in every way; closed in order or killed. Resolves with how many were opened. */
export async function damageEveryByte(seed: number, make?: MakeStorage): Promise<number> {
  const store = await bytesStore(seed, seed % 2 === 0 ? 'closed' : 'killed', make)
  let count = 0
  for (const [path, file] of store.medium.files()) {
    for (const change of changesOf(path, Buffer.from(file.bytes))) {
      await assertHarmless(store, change, make)
      count++
    }
  }
  return count
}
