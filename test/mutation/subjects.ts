import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TextFile } from '../tidy/tree.ts'

/** What decides whether data is kept: how lines are read and written, recovered, let go of, kept aside, locked and repaired. */
const ofStorage = [
  /^(line|unsealed-line|control-line|first-line|crc|scan|classify|choose-base|sort-lines|ptr)$/,
  /^(assess.*|recover|recovery|unpublished|damage.*|proof|survey|quarantine|obsolete|rows-failed)$/,
  /^(manifest.*|.*-manifest|group-commit|write-batch|write-whole|batch-buffer|active-segment|segment-.*|room|ballast)$/,
  /^(rotation|seal-log|save-base|load-base|truncate|archive.*|rewrite-segment|retention|kept-versions|open-writer|writer)$/,
  /^(lock.*|take-lock|fence|pidfile|cache.*|file-cache|save-cache|.*salvage.*|repair-log|plan-reseal|mend-.*|.*-fixes)$/,
]
const ofCore = /^(replay|log-pump|txid-window)$/

/** The files that mutants are made of, in the order of their paths; those alone whose name is among `names`, if there are any. */
export function subjects(root: string, names: readonly string[]): TextFile[] {
  const from = (folder: string, isMeant: (name: string) => boolean): TextFile[] =>
    readdirSync(join(root, folder))
      .sort()
      .filter((file) => isMeant(file.replace(/\.ts$/, '')))
      .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(join(root, folder, file), 'utf8') }))
  const isAsked = (name: string): boolean => names.length === 0 || names.includes(name)
  return [
    ...from('packages/storage-jsonl/src', (name) => isAsked(name) && ofStorage.some((pattern) => pattern.test(name))),
    ...from('packages/core/src', (name) => isAsked(name) && ofCore.test(name)),
  ]
}
