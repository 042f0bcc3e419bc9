import { hasCode } from '@stateward/contract'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { removeObsolete } from '../files/obsolete.ts'
import { closeLine } from '../format/control-line.ts'
import type { Manifest } from '../format/manifest.ts'
import type { GroupCommit } from './group-commit.ts'
import { replaceActive } from './rotation.ts'

export interface SealOptions {
  readonly dir: string
  readonly commits: GroupCommit
  readonly obsolete: readonly string[]
  readonly publish: (change: (manifest: Manifest) => Manifest) => Promise<void>
}

/** Ends the log in order. Without room for its last words a writer ends as one that was killed does, which loses nothing. */
export async function sealLog(environment: Environment, options: SealOptions): Promise<void> {
  await options.commits.sync()
  await sealInOrder(environment, options).catch((error: unknown) => {
    if (!hasCode(error, 'FULL')) throw error
  })
}

async function sealInOrder(
  { clock, disk }: Environment,
  { dir, commits, obsolete, publish }: SealOptions,
): Promise<void> {
  await commits.note(closeLine(commits.writtenSeq, timestampOf(clock)))
  await commits.sync()
  const sealed = commits.active.sealed(commits.writtenSeq)
  await publish((manifest) => ({ ...replaceActive(manifest, [sealed]), clean: true, obsolete: [] }))
  await removeObsolete(disk, dir, obsolete)
}
