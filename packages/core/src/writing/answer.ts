import { type Commanded, type Protocol, type Seq, StatewardError } from '@stateward/contract'
import type { Made } from '../deciding/txid-window.ts'
import { isOfRows, type WriteKind } from '../deciding/write.ts'
import type { Written } from './write-actor.ts'

/** What the message promises, out of what its write left. */
export function answerOf(kind: WriteKind, { seq, results, made }: Written): Protocol[WriteKind]['answer'] {
  // Lists are copied: what the caller does to one must not reach who asks again with the same txid.
  if (kind === 'transact') return { seq, results: [...results] } satisfies Protocol['transact']['answer']
  if (kind === 'command') return commanded(seq, results, made)
  if (isOfRows(kind)) return [...results] as Protocol['createMany']['answer']
  const [only] = results
  if (only === undefined)
    throw new StatewardError(
      'INVALID',
      `expected the txid of a ${kind}, found that of a write of another kind; use a new one`,
    )
  return only as Protocol['create']['answer']
}

function commanded(seq: Seq, results: Written['results'], made: readonly Made[] = []): Commanded {
  return {
    seq,
    changed: made.map(({ type, id, rev }, at) => {
      const left = results[at]
      return left !== undefined && 'created_at' in left ? { type, id, rev, record: left } : { type, id, rev }
    }),
  }
}
