import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { diskCode } from '../environment/failure.ts'
import { allSettled } from '../files/all-settled.ts'
import { stageWhole } from '../files/write-whole.ts'
import { whyUnreadable } from '../format/format.ts'
import { decodeManifest, encodeManifest, type Manifest } from '../format/manifest.ts'
import { fileNames } from '../format/segment-name.ts'

/** What stands under the manifest's name: a manifest, nothing, or (in words) why it is none. */
export type ManifestFound = Manifest | undefined | string

/** Reads a manifest. Throws `UNSUPPORTED` when it is of a format that cannot be read here. */
export async function readManifest(disk: Disk, dir: string, name: string = fileNames.manifest): Promise<ManifestFound> {
  const bytes = await readFile(disk, join(dir, name))
  if (bytes === undefined) return undefined
  const found = decodeManifest(bytes)
  if (typeof found === 'string' || !('foreign' in found)) return found
  throw new StatewardError(
    'UNSUPPORTED',
    `${name} is of ${whyUnreadable(found.foreign)}. Open the store with the version of Stateward that wrote it, or a newer one.`,
    { details: { format: found.foreign } },
  )
}

/**
 * Makes `manifest` the store's, for good: afterwards it survives a power cut. Until the rename is durable the former one
 * holds, and whichever of the two a crash leaves is whole. The former one is kept beside it.
 */
export async function writeManifest(environment: Environment, dir: string, manifest: Manifest): Promise<void> {
  const staged = await stageManifest(environment, dir, manifest)
  await staged.publish()
}

/** A manifest that lies beside the published one. It is published or discarded: nothing else is left of it. */
export interface StagedManifest {
  /** Puts it in the place of the published one, for good. */
  publish(): Promise<void>
  discard(): Promise<void>
}

/** The first half of `writeManifest`: what it writes is durable under temporary names. Both files are synced side by side. */
export async function stageManifest(
  { disk, clock }: Environment,
  dir: string,
  manifest: Manifest,
): Promise<StagedManifest> {
  const path = join(dir, fileNames.manifest)
  const files = [{ path, bytes: encodeManifest(manifest, timestampOf(clock)) }]
  const former = await readFile(disk, path)
  if (former !== undefined) files.unshift({ path: join(dir, fileNames.previousManifest), bytes: former })
  const discard = async (): Promise<void> => {
    for (const file of files) await disk.remove(file.path + fileNames.temporary).catch(() => {})
  }
  await allSettled(files.map((file) => stageWhole(disk, file.path, file.bytes))).catch(async (error: unknown) => {
    await discard()
    throw error
  })
  return {
    async publish() {
      for (const file of files) await disk.rename(file.path + fileNames.temporary, file.path)
      await disk.syncDirectory(dir)
    },
    discard,
  }
}

async function readFile(disk: Disk, path: string): Promise<Buffer | undefined> {
  const file = await disk.open(path, 'read').catch((error: unknown) => {
    if (diskCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    const { bytes, kind } = await file.stat()
    if (kind !== 'file' || bytes > bounds.manifestBytes) return Buffer.alloc(0)
    const content = Buffer.alloc(bytes)
    return content.subarray(0, await file.read(content, 0))
  } finally {
    await file.close()
  }
}
