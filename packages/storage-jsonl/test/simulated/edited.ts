import { boot, SimMedium } from '@stateward/conformance'
import { type Damage, StatewardError } from '@stateward/contract'
import { expect } from 'vitest'
import { append } from '../records.ts'
import { first, records, rewrite } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

/** A log of nine commits in two batches whose process was killed: the first six are proven by its own lines. */
export async function killedLog(): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('killed')
  await append(writer, records.slice(0, 6))
  await append(writer, records.slice(6, 9))
  medium.kill()
  return medium.copy()
}

/** The lines of a file, without their line feeds. */
export function linesOf(medium: SimMedium, path: string = first): string[] {
  return Buffer.from(medium.file(path).bytes).toString().split('\n').slice(0, -1)
}

/** A copy of a medium on which a file has these lines. */
export function withLines(medium: SimMedium, lines: readonly string[], path: string = first): SimMedium {
  const copy = medium.copy()
  rewrite(copy, path, Buffer.from(lines.map((line) => `${line}\n`).join('')))
  return copy
}

/** The byte at which a line begins, counted from 0. */
export function byteOf(lines: readonly string[], line: number): number {
  return Buffer.byteLength(lines.slice(0, line).join('\n')) + (line > 0 ? 1 : 0)
}

export interface Refusal {
  readonly code: string
  readonly message: string
  readonly damage: readonly Damage[]
  readonly lost: unknown
}

/** What a call refuses with; that it changes nothing is looked at. */
export async function refusalOf(medium: SimMedium, call: () => Promise<unknown>): Promise<Refusal> {
  const before = medium.contents()
  const error = await call().catch((reason: unknown) => reason)
  if (!(error instanceof StatewardError)) throw new Error('expected a refusal with a code', { cause: error })
  expect(medium.contents(), 'what is refused changes nothing').toEqual(before)
  const { code, message, details } = error
  return { code, message, damage: (details.damage ?? []) as readonly Damage[], lost: details.lost }
}

/** What an opening for writing refuses with. */
export function openingRefused(medium: SimMedium): Promise<Refusal> {
  return refusalOf(medium, () => simStorage(boot(medium)).openWriter('refused'))
}
