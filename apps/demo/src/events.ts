/** What the writer tells the one who watches it. */
export type WriterEvent =
  /** A write was acknowledged: version `rev` of this record is durable. */
  | {
      readonly kind: 'acknowledged'
      readonly type: 'plan' | 'spec' | 'phase' | 'execution'
      readonly id: string
      readonly rev: number
    }
  | {
      readonly kind: 'planned'
      readonly planId: string
      readonly specs: readonly { readonly id: string; readonly name: string }[]
    }
  | {
      readonly kind: 'step'
      readonly specId: string
      readonly status: string
      readonly phasesDone: number
      readonly worker: string
    }
  | { readonly kind: 'finished' }

/** Of each record that a write was acknowledged for, the newest version that was. */
export type Acknowledged = Map<
  string,
  { readonly type: Extract<WriterEvent, { kind: 'acknowledged' }>['type']; readonly rev: number }
>
