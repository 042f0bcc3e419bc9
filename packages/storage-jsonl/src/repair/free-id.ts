import { join } from 'node:path'
import { fileNames } from '../format/segment-name.ts'
import type { HeldStore } from '../recovery/held-store.ts'

/** A name, such as `repair-3`, that nothing in `quarantine/` bears: what a former one has kept is never written over. */
export async function freeId({ environment: { disk }, dir }: HeldStore, kind: 'repair' | 'reseal'): Promise<string> {
  const path = join(dir, fileNames.quarantine)
  const names = (await disk.stat(path))?.kind === 'directory' ? await disk.list(path) : []
  const pattern = new RegExp(`^${kind}-(\\d+)\\.`)
  const numbers = names.map((name) => Number(pattern.exec(name)?.[1] ?? 0))
  return `${kind}-${Math.max(0, ...numbers) + 1}`
}
