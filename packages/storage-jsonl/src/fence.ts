import type { Disk } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import type { HeldLock } from './lock.ts'
import { readManifest } from './manifest-file.ts'

/**
 * Rejects with `FENCED` when another writer has taken the store over: its LOCK is another file, or its manifest carries a
 * higher epoch. Neither can happen while the lock is honoured; on some network file systems it is not.
 */
export async function assertNewest(
  disk: Disk,
  { dir, lock, epoch }: { dir: string; lock: HeldLock; epoch: number },
): Promise<void> {
  const isOurs = await lock.isOurs()
  const manifest = await readManifest(disk, dir)
  const found = typeof manifest === 'object' ? manifest.epoch : undefined
  if (isOurs && found === epoch) return
  const why = isOurs
    ? `the manifest is of epoch ${found ?? 'none'}, this writer of ${epoch}`
    : 'LOCK is another file now'
  throw new StatewardError(
    'FENCED',
    `${dir} was taken over by another writer: ${why}. Open the store again to write.`,
    {
      details: { epoch, ...(found === undefined ? {} : { found }) },
    },
  )
}
