import { type ScrubOptions, type ScrubPortion, StatewardError } from '@stateward/contract'
import { closedError } from '../environment/append-errors.ts'
import type { Environment } from '../environment/environment.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import { withFile } from '../files/open-file.ts'
import type { LogSource } from '../manifest/log-source.ts'
import { type CompleteEntry, type Looked, scrubFile } from './scrub-file.ts'
import { decodePlace, encodePlace, type PlaceInFile } from './scrub-place.ts'

export interface ScrubbedLog {
  readonly environment: Environment
  readonly dir: string
  readonly source: LogSource
  /** Aborts when the writer retires. */
  readonly closing: AbortSignal
}

/** Thrown where nobody wants to know any more: the file was truncated away, or the scrub is to end. Never leaves this file. */
class Unwanted extends Error {}

/**
 * One pass over what is complete of a log, by portions. It begins with any file, so that a process that is never open for
 * a whole pass gets round over its openings all the same.
 */
export async function* scrubLog(log: ScrubbedLog, { signal, from }: ScrubOptions = {}): AsyncGenerator<ScrubPortion> {
  const isOver = (): boolean => signal?.aborted === true || log.closing.aborted
  const assertGoesOn = (): void => {
    if (log.closing.aborted) throw closedError()
    if (signal?.aborted) throw new StatewardError('ABORTED', 'the scrub was aborted by the caller')
  }
  assertGoesOn()
  const round = roundOf(log, decodePlace(from))
  for (const [at, { entry, place }] of round.entries()) {
    const next = round[at + 1]?.place ?? beginning(entry, place.until)
    for await (const portion of portionsOf(log, { entry, place, isOver, behind: next })) {
      yield portion
    }
    // Also where the file ended early because nobody wants to know any more.
    assertGoesOn()
  }
}

interface Stop {
  readonly entry: CompleteEntry
  /** Where in it to begin. */
  readonly place: PlaceInFile
}

/** The files of a pass, in their order, from the one where it begins. */
function roundOf({ environment, source }: ScrubbedLog, from: PlaceInFile | undefined): readonly Stop[] {
  const entries = completeOf(source)
  const at = entries.findIndex((entry) => from !== undefined && isIn(entry, from))
  const first = at >= 0 ? at : anyOf(entries.length, environment)
  const round = [...entries.slice(first), ...entries.slice(0, first)]
  const until = at >= 0 && from !== undefined ? from.until : (round[0]?.file ?? '')
  const end = round.findIndex(({ file }, index) => index > 0 && file === until)
  return (end < 0 ? round : round.slice(0, end)).map((entry, index) => ({
    entry,
    place: index === 0 && at >= 0 && from !== undefined ? from : beginning(entry, until),
  }))
}

/** A repair may have made another file under the same name. */
function isIn(entry: CompleteEntry, { file, of }: PlaceInFile): boolean {
  return entry.file === file && sumOf(entry) === of
}

function sumOf(entry: CompleteEntry): string {
  return entry.kind === 'plain' ? entry.sha256 : entry.crc
}

function beginning(entry: CompleteEntry, until: string): PlaceInFile {
  return { file: entry.file, of: sumOf(entry), until, byte: 0, line: 0, lastSeq: 0, crc: 0 }
}

function anyOf(count: number, { random }: Environment): number {
  return count === 0 ? 0 : Buffer.from(random.bytes(4)).readUInt32LE() % count
}

function completeOf({ manifest }: LogSource): CompleteEntry[] {
  return (manifest?.segments ?? []).filter((entry): entry is CompleteEntry => entry.kind !== 'active')
}

interface ScrubbedFile extends Stop {
  readonly isOver: () => boolean
  /** Where the next file of the pass begins. */
  readonly behind: PlaceInFile
}

/** One file, whatever comes: what is wrong with it, or with reading it, is no reason to end the pass. */
async function* portionsOf(log: ScrubbedLog, file: ScrubbedFile): AsyncGenerator<ScrubPortion> {
  const { entry, place, isOver, behind } = file
  const again = beginning(entry, place.until)
  const told = ({ bytes, damage, place: reached }: Looked): Omit<ScrubPortion, 'ends'> => {
    const next = reached === undefined ? again : { ...again, ...reached }
    return { file: entry.file, bytes, damage, next: encodePlace(next) }
  }
  const assertWanted = (): void => {
    const isListed = log.source.manifest?.segments.some((listed) => listed.file === entry.file) === true
    if (isOver() || !isListed) throw new Unwanted('nobody wants to know any more')
  }
  try {
    for await (const looked of looksOf(log, file, assertWanted)) yield { ...told(looked), ends: false }
    assertWanted()
    yield { file: entry.file, bytes: 0, damage: [], ends: true, next: encodePlace(behind) }
  } catch (error) {
    if (error instanceof Unwanted) return
    const last = { file: entry.file, bytes: 0, ends: true, next: encodePlace(behind) }
    if (diskCode(error) === 'ENOENT') {
      const reason = 'the manifest lists this file, and it is not there'
      yield { ...last, damage: [{ file: entry.file, line: 1, byte: 0, reason }] }
    } else yield { ...last, damage: [], unread: storageFailed(error, `reading ${entry.file} again`) }
  }
}

function looksOf(
  { environment, dir, source }: ScrubbedLog,
  { entry, place }: ScrubbedFile,
  assertWanted: () => void,
): AsyncGenerator<Looked> {
  const { manifest } = source
  if (manifest === undefined) throw new Unwanted('there is no log')
  return scrubFile({
    dir,
    manifest,
    entry,
    from: place,
    opened: async (use) => {
      assertWanted()
      try {
        return await withFile(environment.disk, { dir, name: entry.file }, use)
      } finally {
        // A truncation took the file away in the middle of this: what was read of it, or was not, says nothing.
        assertWanted()
      }
    },
  })
}
