import { join } from 'node:path'
import { type Disk, StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { allSettled } from '../files/all-settled.ts'
import { withFile } from '../files/open-file.ts'
import { fileNames, isTemporaryName, segmentName } from '../format/segment-name.ts'
import type { Recovery } from './recovery.ts'

const directories: readonly string[] = [fileNames.archive, fileNames.quarantine, fileNames.cache]
const files: readonly string[] = [fileNames.manifest, fileNames.previousManifest, fileNames.lock, fileNames.ballast]
const numbered = /^(log|base)-(\d+)\.jsonl$/
const headerStart = Buffer.from('{"type":"$segment"')

/**
 * Throws `INVALID` where a directory cannot be trusted, or holds under a name of this storage what it would never put there:
 * a link, a directory instead of a file, two segments of one number. Changes nothing.
 */
export async function refuseStrange(disk: Disk, dir: string): Promise<void> {
  const [standing, names] = await allSettled([disk.stat(dir), disk.list(dir)])
  if (standing?.isOpenToAll === true) throw openToAll(dir)
  await Promise.all(names.map((name) => refuseKind(disk, dir, name)))
  await refuseDoubles(disk, dir, names)
}

async function refuseKind(disk: Disk, dir: string, name: string): Promise<void> {
  const isDirectory = directories.includes(name)
  if (!isDirectory && !files.includes(name) && !numbered.test(name) && !isTemporaryName(name)) return
  const { kind, isOpenToAll } = (await disk.stat(join(dir, name))) ?? {}
  const expected = isDirectory ? 'directory' : 'file'
  if (isDirectory && kind === 'directory' && isOpenToAll === true) throw openToAll(join(dir, name))
  // A name may be gone by now: another writer is at work, and the lock will say so.
  if (kind === undefined || kind === expected) return
  const found =
    { link: 'a link, and this storage follows none', other: 'a pipe, a socket or a device' }[kind as string] ??
    `a ${kind}`
  throw invalid(`${name} should be a ${expected}, and is ${found}. Look who made it, and move it away`)
}

async function refuseDoubles(disk: Disk, dir: string, names: readonly string[]): Promise<void> {
  const byNumber = new Map<number, string>()
  for (const name of [...names].sort()) {
    const parts = numbered.exec(name)
    if (parts === null) continue
    const number = Number(parts[2])
    const isOurs = segmentName(parts[1] === 'log' ? 'log' : 'base', number) === name
    if (!isOurs && !(await beginsAsSegment(disk, dir, name))) continue
    const other = byNumber.get(number)
    if (other !== undefined || !isOurs) {
      const twin = other ?? segmentName('log', number)
      throw invalid(`${name} is numbered as ${twin} is, and only one of them can be of the log. Move the copy away`)
    }
    byNumber.set(number, name)
  }
}

async function beginsAsSegment(disk: Disk, dir: string, name: string): Promise<boolean> {
  const start = Buffer.alloc(headerStart.length)
  await withFile(disk, { dir, name }, (file) => file.read(start, 0))
  return start.equals(headerStart)
}

/** Throws `CORRUPT` for more bytes behind the end of a log than any crash leaves: copying them aside could fill the disk. */
export function assertCuttable({ quarantine }: Recovery): void {
  for (const { file, from, to } of quarantine) {
    if (to - from <= bounds.quarantineBytes) continue
    throw new StatewardError(
      'CORRUPT',
      `${file}: expected at most ${bounds.quarantineBytes} bytes behind the end of the log at byte ${from}, found ${to - from}. No crash leaves so many: look who made the file so long, and restore it from a copy. Nothing was changed.`,
      { details: { file, byte: from, bytes: to - from } },
    )
  }
}

function openToAll(path: string): StatewardError {
  return invalid(
    `${path} may be written to by every user of this machine, and what is in it cannot be trusted: chmod o-w it`,
  )
}

function invalid(found: string): StatewardError {
  return new StatewardError('INVALID', `${found}. Nothing was changed.`)
}
