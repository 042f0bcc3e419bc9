import type { Imaged, ImageReader, ImageWriter } from './image.ts'
import type { Pieces } from './pieces.ts'
import { released } from './released.ts'

/** How a page becomes the bytes of its piece, and again a page. */
export interface PageForm<Page> {
  /** The memory that a page takes. */
  sizeOf(page: Page): number
  /** The typed array that holds it. */
  memoryOf(page: Page): ArrayBufferView
  copyOf(page: Page): Page
  bytesOf(page: Page): Uint8Array
  /** Throws where the bytes are no such page. The bytes are the page's own from now on. */
  pageOf(bytes: Uint8Array<ArrayBuffer>, at: number): Page
}

/** What the engine takes for a typed array beside its content, and for its place in a list. */
const pageBytes = 200
const noBytes = new Uint8Array(0)

/** Pages by number, some of which there may not be. Loaded, it reads a page within the call that needs it, and keeps it. */
export class LazyPages<Page> implements Imaged {
  readonly #form: PageForm<Page>
  readonly #pages: (Page | undefined)[] = []
  /** Where pages are that have not been read yet. */
  #unread: Pick<Pieces, 'count' | 'at' | 'has' | 'take'> | undefined
  /** The pages of images that are being written, as long as they have not been. */
  #held: readonly (Page | undefined)[][] = []

  constructor(form: PageForm<Page>) {
    this.#form = form
  }

  /** One more than the greatest number that a page has, or more. */
  get length(): number {
    return Math.max(this.#pages.length, this.#unread?.count ?? 0)
  }

  /** `undefined` where there is none. Throws a `DamagedImage` where it does not read as it was written. */
  get(at: number): Page | undefined {
    return this.#pages[at] ?? (this.#unread === undefined ? undefined : this.#read(this.#unread, at))
  }

  /** A page that is about to be changed. A copy has taken its place where it is part of an image that is being written. */
  own(at: number): Page | undefined {
    const page = this.get(at)
    if (page === undefined || this.#held.length === 0 || !this.#held.some((held) => held[at] === page)) return page
    const copy = this.#form.copyOf(page)
    this.#pages[at] = copy
    return copy
  }

  /** In the place of the page that was there, if one was. */
  set(at: number, page: Page): void {
    // An array that is written to far behind its end becomes a slow one.
    while (this.#pages.length <= at) this.#pages.push(undefined)
    this.#pages[at] = page
  }

  get bytes(): number {
    let bytes = 0
    for (const page of this.#pages) if (page !== undefined) bytes += this.#form.sizeOf(page) + pageBytes
    return bytes
  }

  clear(): void {
    this.#pages.length = 0
    this.#unread = undefined
  }

  release(): readonly ArrayBufferView[] {
    const memory = this.#pages.flatMap((page) => (page === undefined ? [] : [this.#form.memoryOf(page)]))
    this.clear()
    this.#unread = released
    return memory
  }

  save(image: ImageWriter): void {
    const held = Array.from({ length: this.length }, (_, at) => this.get(at))
    this.#held = [...this.#held, held]
    image.pieces(this.#piecesOf(held), () => {
      this.#held = this.#held.filter((one) => one !== held)
    })
  }

  *#piecesOf(held: (Page | undefined)[]): Generator<Uint8Array> {
    for (const [at, page] of held.entries()) {
      const bytes = page === undefined ? noBytes : this.#form.bytesOf(page)
      held[at] = undefined
      yield bytes
    }
  }

  load(image: ImageReader): void {
    this.#unread = image.pieces()
    image.later(this.#rest())
  }

  #read(unread: Pick<Pieces, 'take'>, at: number): Page | undefined {
    const page = unread.take(at, (bytes) => this.#form.pageOf(bytes, at))
    if (page !== undefined) this.set(at, page)
    return page
  }

  *#rest(): Generator<number> {
    for (let at = 0; at < (this.#unread?.count ?? 0); at++) {
      if (this.#unread?.has(at) !== true || this.#pages[at] !== undefined) continue
      yield this.#unread.at(at)
      this.get(at)
    }
    this.#unread = undefined
  }
}
