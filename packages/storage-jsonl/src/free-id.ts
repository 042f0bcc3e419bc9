import { join } from 'node:path'
import type { HeldStore } from './held-store.ts'
import { fileNames } from './segment-name.ts'

/** A name, such as `repair-3`, that nothing in `quarantine/` bears: what a former one has kept is never written over. */
export async function freeId({ environment: { disk }, dir }: HeldStore, kind: 'repair' | 'reseal'): Promise<string> {
  const path = join(dir, fileNames.quarantine)
  const names = (await disk.stat(path))?.kind === 'directory' ? await disk.list(path) : []
  const pattern = new RegExp(`^${kind}-(\\d+)\\.`)
  const numbers = names.map((name) => Number(pattern.exec(name)?.[1] ?? 0))
  return `${kind}-${Math.max(0, ...numbers) + 1}`
}
