import { boot, type Pick, SimMedium, seededPick } from '@stateward/conformance'
import type { BaseChunk, LogWriter, ScrubOptions, ScrubPortion } from '@stateward/contract'
import type { Retention } from '../../src/index.ts'
import { append, recordOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const retentions: readonly Retention[] = ['all', 'none', { versions: 2 }]

/** A store to which anything may happen while it is scrubbed. */
export class ScrubWorld {
  readonly medium: SimMedium = new SimMedium()
  readonly pick: Pick
  readonly #retention: Retention
  #writer: LogWriter | undefined
  readonly #segmentBytes: number
  #records = 0

  constructor(seed: number, segmentBytes = 4_096) {
    this.#segmentBytes = segmentBytes
    this.pick = seededPick(seed)
    this.#retention = retentions[this.pick(retentions.length)] ?? 'all'
  }

  get writer(): LogWriter {
    if (this.#writer === undefined) throw new Error('open the world first')
    return this.#writer
  }

  async open(): Promise<void> {
    await this.#writer?.close()
    if (this.medium.find('/store') === undefined) await this.#make()
    const storage = simStorage(boot(this.medium), {
      segmentBytes: this.#segmentBytes,
      retention: this.#retention,
      seed: this.pick(1_000_000),
    })
    this.#writer = (await storage.openWriter('test')).writer
  }

  /** The directory, and perhaps a file in the plain format to adopt. */
  async #make(): Promise<void> {
    await boot(this.medium).makeDirectory('/store')
    if (this.pick(3) === 0) {
      const lines = Array.from({ length: 1 + this.pick(30) }, (_, n) => `${recordOf(`old${n}`)}\n`)
      this.medium.plant('/store/old.jsonl', lines.join(''))
    }
  }

  /** Commits of which each is an append of its own, so that segments come to their ends among them. */
  async commits(count: number, fill = 200): Promise<void> {
    for (let left = count; left > 0; left--) await this.commit(1, fill)
  }

  async commit(count: number = 1 + this.pick(4), fill = 200): Promise<void> {
    const records = Array.from({ length: count }, () => recordOf(++this.#records, this.pick(fill)))
    await append(this.writer, records)
  }

  async compact(): Promise<void> {
    const { lastSeq } = await this.writer.stats()
    await this.writer.saveBase(lastSeq, rowsUpTo(lastSeq))
    if (this.pick(4) > 0) await this.writer.truncate(lastSeq)
  }

  /** Something that a store does in its life. */
  async live(): Promise<void> {
    const what = this.pick(20)
    if (what < 15) await this.commit()
    else if (what < 18) await this.commit(12 + this.pick(20))
    else await this.compact()
  }

  scrub(options?: ScrubOptions): AsyncIterable<ScrubPortion> {
    const portions = this.writer.scrub?.(options)
    if (portions === undefined) throw new Error('a writer of files can scrub')
    return portions
  }

  /** The complete files of the log, as the manifest lists them now, and how many bytes of each are the log's. */
  complete(): { readonly file: string; readonly kind: string; readonly bytes: number }[] {
    const { data } = JSON.parse(this.medium.file('/store/manifest.json').bytes.toString())
    return data.segments
      .filter(({ kind }: { kind: string }) => kind !== 'active')
      .map(({ file, kind, bytes, packedBytes = bytes }: Record<string, unknown>) => ({
        file,
        kind,
        bytes: packedBytes,
      }))
  }
}

async function* rowsUpTo(upTo: number): AsyncGenerator<BaseChunk> {
  for (let seq = 1; seq <= upTo; seq += 7) yield { seqs: [seq], records: [recordOf(`row ${seq}`, seq % 50)] }
}

/** Everything that a scrub says, in order. */
export async function portionsOf(scrub: AsyncIterable<ScrubPortion>): Promise<ScrubPortion[]> {
  const portions: ScrubPortion[] = []
  for await (const portion of scrub) portions.push(portion)
  return portions
}
