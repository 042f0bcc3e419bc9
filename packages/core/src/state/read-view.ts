import type { Seq, Slot, StoredRecord } from '@stateward/contract'
import type { Sieve } from '@stateward/index'
import type { Access } from '@stateward/query'
import { BodyRequest } from '../records/bodies.ts'
import type { Live, LiveType } from './live.ts'
import { slotsFound } from './slots-found.ts'
import { slotsInAll } from './slots-in-all.ts'
import { slotsInOrder } from './slots-in-order.ts'

/** A record, or where to read it: fixed when it was captured, whatever is written meanwhile. */
export type Candidate = StoredRecord | BodyRequest

export function isCold(candidate: Candidate): candidate is BodyRequest {
  return candidate instanceof BodyRequest
}

/** One state to read from, as of one seq. What it gives is right within the turn it was asked in. */
export interface ReadView {
  readonly live: Live
  readonly seq: Seq
  /** Whether `candidates` come in the order of an ordered access. */
  readonly keepsOrder: boolean
  size(type: LiveType): number
  find(type: LiveType, id: string): Candidate | undefined
  /** Those of an access; of the newest state without some that the sieve tells cannot match. */
  candidates(type: LiveType, access: Access, sieve?: Sieve): Iterable<Candidate>
}

/** The newest durable state. */
export class LiveView implements ReadView {
  readonly keepsOrder = true
  readonly live: Live

  constructor(live: Live) {
    this.live = live
  }

  get seq(): Seq {
    return this.live.lastSeq
  }

  size({ rows }: LiveType): number {
    return rows.size
  }

  find(type: LiveType, id: string): Candidate | undefined {
    const slot = type.rows.slotOf(id)
    return slot === undefined ? undefined : this.at(type, slot)
  }

  at(type: LiveType, slot: Slot): Candidate {
    return this.live.bodies.get(type.cached, slot) ?? this.live.request(type, slot)
  }

  *candidates(type: LiveType, access: Access, sieve?: Sieve): Iterable<Candidate> {
    for (const slot of slotsOf(type, access)) {
      if (sieve === undefined) yield this.at(type, slot)
      else if (sieve.mayMatch(slot)) yield siftedAt(this.live, type, slot)
    }
  }
}

/** What is in a slot that a sieve lets through; it knows the record from now on. */
export function siftedAt(live: Live, type: LiveType, slot: Slot): Candidate {
  const record = live.bodies.get(type.cached, slot)
  if (record === undefined) return live.request(type, slot)
  type.rows.fingerprints.learn(slot, record)
  return record
}

/** The slots that an access leads to, each once. */
export function slotsOf(type: LiveType, access: Access): Iterable<Slot> {
  switch (access.kind) {
    case 'empty':
      return []
    case 'ids':
      return access.ids.flatMap((id) => type.rows.slotOf(id) ?? [])
    case 'lookup':
      return slotsFound(type.rows.ids, access)
    case 'ordered':
      return slotsInOrder((slot) => type.rows.idOf(slot), access)
    case 'intersection':
      return slotsInAll(access.of)
    case 'scan':
      return type.rows.ids.slots()
    default:
      return access satisfies never
  }
}
