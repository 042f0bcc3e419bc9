import type { Domain, Index, PutBytes, Seq, StoredCache } from '@stateward/contract'
import { fieldKind } from '@stateward/contract'
import type { LiveType } from '../state/live.ts'
import type { Dropped } from '../state/type-indexes.ts'

/** The name of the cache that holds a checkpoint. */
export const checkpointName = 'state'

/** Where a part of a checkpoint stands, and up to which commit it knows. */
export interface Section {
  readonly at: number
  readonly bytes: number
  readonly asOf: Seq
}

/** What is where in a checkpoint. It stands at the end, before its own length and a number that only reads right as it was written. */
export interface Directory {
  readonly format: number
  readonly domain: string
  /** Versions in the log as of the first section. */
  readonly versions: number
  readonly txids: Section
  readonly types: readonly {
    readonly name: string
    readonly rows: Section
    readonly indexes: readonly (Section | null)[]
    /** Of those that were not kept in memory, by name. */
    readonly dropped?: Readonly<Record<string, Omit<Dropped, 'index'>>>
    /** Those of the domain's own that have an image, by name. */
    readonly custom?: Readonly<Record<string, Section & { readonly format: string }>>
  }[]
}

export const checkpointFormat = 3
/** Read with its bytes in another order it is another number. */
const mark = 20_240_120.5
const trailerBytes = 16

/** Everything in a domain that the bytes of a checkpoint depend on. */
export function domainText(domain: Domain, types: Iterable<LiveType>): string {
  const known = Object.entries(domain.entities)
  const described = [...types].flatMap(({ name, entity, kept }) =>
    entity === undefined
      ? []
      : [
          [
            name,
            kept.all
              .filter(({ isCustom }) => isCustom !== true)
              .map((index) => [
                index.name,
                index.fields.map((field) => [field, fieldKind(entity, field)]),
                formatOf(index),
              ]),
          ],
        ],
  )
  return JSON.stringify([known.map(([name]) => name), described])
}

function formatOf({ image }: Index): string | null {
  return image?.format ?? null
}

/** Writes the sections of a checkpoint one behind the other. */
export class SectionWriter {
  readonly #put: PutBytes
  #at = 0

  constructor(put: PutBytes) {
    this.#put = put
  }

  /** Others have their turns between two parts. */
  async section(parts: Iterable<Uint8Array>, asOf: Seq, breathe: () => Promise<void>): Promise<Section> {
    const at = this.#at
    for (const part of parts) {
      await this.#put(part)
      this.#at += part.length
      await breathe()
    }
    return { at, bytes: this.#at - at, asOf }
  }

  async end(directory: Directory): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(directory))
    await this.#put(text)
    await this.#put(new Uint8Array(Float64Array.of(text.length, mark).buffer))
  }
}

export async function readDirectory(cache: StoredCache): Promise<Directory | undefined> {
  if (cache.bytes < trailerBytes) return undefined
  const trailer = await read(cache, { at: cache.bytes - trailerBytes, bytes: trailerBytes })
  const [length = 0, found] = new Float64Array(trailer.buffer)
  if (found !== mark) return undefined
  const text = await read(cache, { at: cache.bytes - trailerBytes - length, bytes: length })
  const directory: Directory = JSON.parse(new TextDecoder().decode(text))
  return directory.format === checkpointFormat ? directory : undefined
}

/** The bytes of a section, in a buffer of their own. */
export async function read(
  cache: StoredCache,
  { at, bytes }: Pick<Section, 'at' | 'bytes'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const into = new Uint8Array(bytes)
  await cache.read(into, at)
  return into
}
