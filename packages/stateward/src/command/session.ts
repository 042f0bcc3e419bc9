import { resolve } from 'node:path'
import type { Domain, Storage } from '@stateward/contract'
import { createStateManager, openStateReader, type State, type StateReader } from '@stateward/core'
import { domain as workDomain } from '@stateward/domain'
import { type Preview, previewStorage } from '../preview-storage.ts'
import { defaultDir } from './default-dir.ts'
import type { Io } from './io.ts'
import { loadDomain } from './load-domain.ts'
import { Output } from './output.ts'
import { recoveryNotes } from './recovery-notes.ts'
import { requireStore } from './require-store.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly dir?: string
  readonly json?: boolean
  readonly domain?: string
}

/** One run of the command: which store it is about, and where its words go. */
export class Session {
  readonly io: Io
  readonly output: Output
  /** As the user wrote it. */
  readonly dir: string
  readonly domain: Domain
  readonly #storage: Storage

  static async begin(io: Io, { dir, json, domain }: GlobalOptions): Promise<Session> {
    const loaded = domain === undefined ? workDomain : await loadDomain(io.cwd, domain)
    const chosen = dir ?? (io.env.STATEWARD_DIR || defaultDir)
    return new Session({ io, json: json === true, dir: chosen, domain: loaded })
  }

  private constructor({ io, json, dir, domain }: { io: Io; json: boolean; dir: string; domain: Domain }) {
    this.io = io
    this.output = new Output(io, json)
    this.dir = dir
    this.domain = domain
    this.#storage = io.storageAt(this.path)
  }

  /** Absolute. */
  get path(): string {
    return resolve(this.io.cwd, this.dir)
  }

  get json(): boolean {
    return this.output.json
  }

  /** Looks at the store, beside whoever holds it: no lock, nothing written. */
  async read<T>(use: (state: StateReader) => Promise<T>): Promise<T> {
    await requireStore(this.path, this.dir)
    return whileOpen(await openStateReader({ storage: this.#storage, domain: this.domain }), use)
  }

  /** Holds the store for writing. `LOCKED` while another process does. */
  async write<T>(use: (state: State) => Promise<T>): Promise<T> {
    await requireStore(this.path, this.dir)
    return this.create(use)
  }

  /** As `write`, in a directory that need not hold a store yet. */
  create<T>(use: (state: State) => Promise<T>): Promise<T> {
    return this.#open(this.#storage, async (state) => {
      for (const note of recoveryNotes(state.recovery)) this.output.note(this.output.paintNote.yellow(note))
      return use(state)
    })
  }

  /** Decides as a real run would, and writes nothing. */
  async preview<T>(use: (state: State, preview: Preview) => Promise<T>): Promise<T> {
    await requireStore(this.path, this.dir)
    const preview = previewStorage(this.#storage)
    return this.#open(preview.storage, (state) => use(state, preview))
  }

  /** The storage itself, for what needs no state. */
  get storage(): Storage {
    return this.#storage
  }

  async #open<T>(storage: Storage, use: (state: State) => Promise<T>): Promise<T> {
    return whileOpen(await createStateManager({ storage, domain: this.domain, owner: 'stateward command' }), use)
  }
}

async function whileOpen<S extends AsyncDisposable, T>(opened: S, use: (opened: S) => Promise<T>): Promise<T> {
  await using state = opened
  return await use(state)
}
