import type { Caps } from '@stateward/contract'
import type { OpenedStorage } from '../src/storage/trial.ts'
import { type HandleClass, likeDatabase, opened, plainStorage } from './plain-storage.ts'

/** A storage that breaks one promise, and the name of the case that must see it. */
export interface Broken {
  readonly breaks: string
  readonly caught: string
  /** What its readers and writers are made of. */
  readonly Handle?: HandleClass
  /** Where what is broken is the storage itself. */
  readonly open?: () => OpenedStorage
  /** Default `likeDatabase`. */
  readonly caps?: Caps
  /** Breaks it by never settling. */
  readonly hangs?: true
}

export function openBroken(broken: Broken): OpenedStorage {
  return broken.open?.() ?? opened(plainStorage(broken.caps ?? likeDatabase, broken.Handle))
}
