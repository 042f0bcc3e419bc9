import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import type { TextFile } from '../tidy/tree.ts'

/** Of the core, what opens a log, writes to it, closes it after a failure and opens it again, and what saves bases. */
const ofCore = [
  /^(replay|log-pump|term|terms|txid-window|fold|restore|repeated-answer|guarded-storage|storage-error|undecided)$/,
  /^(checkpoint.*|load-checkpoint|save-checkpoint|compact|compactor|compaction-.*|base-rows|write|write-actor)$/,
]

/** The files that mutants are made of, in the order of their names, package by package; those alone whose name is among `names`, if there are any. */
export function subjects(root: string, names: readonly string[]): TextFile[] {
  const from = (folder: string, isMeant: (name: string) => boolean): TextFile[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && isMeant(basename(file, '.ts')))
      .sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
      .map((file) => ({
        path: `${folder}/${file.split(sep).join('/')}`,
        text: readFileSync(join(root, folder, file), 'utf8'),
      }))
  const isAsked = (name: string): boolean => names.length === 0 || names.includes(name)
  return [
    ...from('packages/core/src', (name) => isAsked(name) && ofCore.some((pattern) => pattern.test(name))),
    ...from('packages/storage-jsonl/src', isAsked),
  ]
}
