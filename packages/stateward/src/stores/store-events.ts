import type { ErrorCode, StoreEvent } from '@stateward/contract'

/** Why a store was passivated: nobody used it, another needed its room, somebody asked for it, or all of them end. */
export type PassivationCause = 'idle' | 'room' | 'asked' | 'stop'

/** What happens to stores, as it happens. */
export type StoresEvent =
  | { readonly kind: 'woken'; readonly name: string; readonly tookMs: number }
  | { readonly kind: 'passivated'; readonly name: string; readonly why: PassivationCause; readonly tookMs: number }
  /** It did not open. Who asks for it within `retryInMs` hears the same without another attempt. */
  | {
      readonly kind: 'wake-failed'
      readonly name: string
      readonly code: ErrorCode
      readonly message: string
      readonly retryInMs: number
    }
  /** It is no longer held open here, but closing it failed; its next opening recovers it. */
  | { readonly kind: 'close-failed'; readonly name: string; readonly message: string }
  /** What an open store tells unasked. */
  | { readonly kind: 'store'; readonly name: string; readonly event: StoreEvent }
