import type { DiskFile } from '@stateward/contract'
import { type Damage, type ErrorDetails, StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { fileChunks } from '../files/chunks.ts'

const lineFeed = 0x0a

/** A line that does not hold, found where its number is not known. Never leaves this package. */
export class DamagedLine extends Error {
  readonly file: string
  readonly byte: number

  constructor(file: string, byte: number, reason: string) {
    super(reason)
    this.file = file
    this.byte = byte
  }
}

/** Damage as it was counted: all of it, the first places by name. */
export interface DamageFound {
  readonly named: readonly Damage[]
  readonly lines: number
}

/** Gathers damage, with a bound on what is kept of it. */
export class DamageList implements DamageFound {
  readonly named: Damage[] = []
  lines = 0

  add(damage: Damage): void {
    this.lines++
    if (this.named.length < bounds.namedDamage) this.named.push(damage)
  }

  addAll(found: DamageFound): void {
    this.lines += found.lines
    this.named.push(...found.named.slice(0, bounds.namedDamage - this.named.length))
  }
}

/** `CORRUPT`, with every place named up to the bound, in the message and in `details.damage`. */
export function corrupt(found: DamageFound, advice: string, more: ErrorDetails = {}): StatewardError {
  const places = found.named.map(({ file, line, byte, reason }) => `${file} line ${line} (byte ${byte}): ${reason}`)
  const others = found.lines - found.named.length
  if (others > 0) places.push(`and ${others} more`)
  const count = found.lines === 1 ? '1 line does not read' : `${found.lines} lines do not read`
  return new StatewardError('CORRUPT', `${count} as written:\n  ${places.join('\n  ')}\n${advice}`, {
    details: { damage: found.named, damagedLines: found.lines, ...more },
  })
}

/** `CORRUPT` for one damaged line, with its number. */
export async function damageIn(file: DiskFile, error: DamagedLine): Promise<StatewardError> {
  // Bytes of an archived segment are counted in its text, which has to be unpacked to count lines.
  const line = error.file.endsWith('.gz') ? 0 : await lineNumberAt(file, error.byte)
  return oneDamage(error, line)
}

/** As `damageIn`, without a promise. */
export function damageInSync(file: DiskFile, error: DamagedLine): StatewardError {
  let line = 1
  const chunk = Buffer.allocUnsafe(Math.min(bounds.readBytes, error.byte))
  for (let at = 0; at < error.byte; at += chunk.length) {
    const count = file.readSync(chunk.subarray(0, Math.min(chunk.length, error.byte - at)), at)
    line += lineFeedsIn(chunk.subarray(0, count))
  }
  return oneDamage(error, line)
}

function oneDamage({ file, byte, message }: DamagedLine, line: number): StatewardError {
  const damage = new DamageList()
  damage.add({ file, line, byte, reason: message })
  return corrupt(damage, 'Run a verification to find every such line.')
}

/** The 1-based number of the line that begins at `byte`. */
export async function lineNumberAt(file: DiskFile, byte: number): Promise<number> {
  let line = 1
  for await (const chunk of fileChunks(file, { from: 0, to: byte })) line += lineFeedsIn(chunk)
  return line
}

function lineFeedsIn(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) count++
  return count
}
