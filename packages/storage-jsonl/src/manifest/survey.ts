import { join } from 'node:path'
import type { Disk } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { diskCode } from '../environment/failure.ts'
import { allSettled } from '../files/all-settled.ts'
import {
  fileNames,
  isTemporaryCacheName,
  isTemporaryName,
  parseSegmentName,
  type SegmentName,
} from '../format/segment-name.ts'
import { type ManifestFound, readManifest } from './manifest-file.ts'

/** What lies in a store's directory, by name. */
export interface Survey {
  readonly dir: string
  readonly manifest: ManifestFound
  readonly previous: ManifestFound
  /** Files named as segments, listed or not, by number. */
  readonly segments: readonly (SegmentName & { readonly file: string })[]
  /** Other files that end in `.jsonl`, by name. */
  readonly plain: readonly string[]
  /** Unfinished files of this storage, relative to the directory. */
  readonly temporary: readonly string[]
  readonly archived: readonly string[]
  /** Names that mean nothing here; those that begin with a dot are left out. */
  readonly foreign: readonly string[]
}

/** Looks at the names in a store's directory and reads its manifests. */
export async function surveyDirectory(disk: Disk, dir: string): Promise<Survey> {
  const names = (await disk.list(dir)).sort()
  const { archived, caches, manifest, previous } = await lookWithin(disk, dir, names)
  const known: string[] = Object.values(fileNames)
  const rest = names.filter((name) => !known.includes(name) && !isTemporaryName(name) && !name.startsWith('.'))
  return {
    dir,
    manifest,
    previous,
    segments: rest.flatMap((file) => {
      const parsed = parseSegmentName(file)
      return parsed === undefined ? [] : [{ ...parsed, file }]
    }),
    plain: rest.filter((name) => name.endsWith('.jsonl') && parseSegmentName(name) === undefined),
    temporary: [
      ...names.filter(isTemporaryName),
      ...archived.filter(isTemporaryName).map((name) => `${fileNames.archive}/${name}`),
      ...caches.filter(isTemporaryCacheName).map((name) => `${fileNames.cache}/${name}`),
    ],
    archived,
    foreign: rest.filter((name) => !name.endsWith('.jsonl')),
  }
}

/** What there is to read in it, side by side. */
async function lookWithin(disk: Disk, dir: string, names: readonly string[]) {
  const within = async (name: string): Promise<string[]> =>
    names.includes(name) ? listWithin(disk, join(dir, name)) : []
  const [archived, caches, manifest, previous] = await allSettled([
    within(fileNames.archive),
    within(fileNames.cache),
    readManifest(disk, dir),
    readManifest(disk, dir, fileNames.previousManifest),
  ])
  return { archived, caches, manifest, previous }
}

/** Throws `INVALID` for a directory of another program: a store is made in an empty one, or of plain files. */
export function refuseForeign({ dir, foreign }: Survey): void {
  if (foreign.length === 0) return
  const some = foreign.slice(0, 3).join(', ')
  throw new StatewardError(
    'INVALID',
    `${dir} holds no store, and ${foreign.length} entries that are not Stateward's (${some}). Give an empty directory, or one that is not there yet.`,
  )
}

async function listWithin(disk: Disk, directory: string): Promise<string[]> {
  try {
    return (await disk.list(directory)).sort()
  } catch (error) {
    if (diskCode(error) === 'ENOTDIR' || diskCode(error) === 'ELOOP') return []
    throw error
  }
}
