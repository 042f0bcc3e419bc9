import type { Crash, Directive } from './crash.ts'
import type { End } from './ending.ts'

/** What happens in a tree of actors, as plain data; `actor` is a path such as `app/orders`. */
export type SupervisionEvent =
  | { readonly type: 'started'; readonly actor: string; readonly restarts: number }
  | ({ readonly type: 'crashed'; readonly directive: Directive } & Crash)
  | { readonly type: 'restarting'; readonly actor: string; readonly nth: number; readonly pauseMs: number }
  | { readonly type: 'escalated'; readonly actor: string; readonly error: unknown }
  /** `stop`: the hook threw or took too long. `watch`, `decide`: the function given threw. Nothing was held up by it. */
  | {
      readonly type: 'hook-failed'
      readonly actor: string
      readonly hook: 'stop' | 'watch' | 'decide'
      readonly error: unknown
    }
  | ({ readonly type: 'ended' } & End)
