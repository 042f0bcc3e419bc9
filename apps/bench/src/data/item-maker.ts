import type { ExecutionStatus, WorkStatus } from 'stateward'
import type { DataOf, Item, ItemType } from './item.ts'
import { Texts } from './texts.ts'

// Written out here, so that no peer's process loads Stateward for them.
const workStatuses: readonly WorkStatus[] = [
  'draft',
  'pending',
  'running',
  'completed',
  'failed',
  'cancelled',
  'blocked',
]
const executionStatuses: readonly ExecutionStatus[] = [
  'created',
  'queued',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
]

/** What distinguishes one record from the others of its type. */
export interface Particulars {
  readonly id: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly parent: string
  /** Chooses texts and numbers. */
  readonly bits: number
}

export function workStatus(bits: number): WorkStatus {
  return workStatuses[bits % workStatuses.length] ?? 'draft'
}

export function executionStatus(bits: number): ExecutionStatus {
  return executionStatuses[bits % executionStatuses.length] ?? 'created'
}

/** Makes records of 350 bytes of JSON in the mean: an execution, with its metrics, holds 70 more, and the others as much less. */
export class ItemMaker {
  readonly #names: Texts
  readonly #criteria: Texts
  readonly #descriptions: Texts

  constructor(seed: number) {
    this.#names = new Texts(seed, 16)
    this.#criteria = new Texts(seed, 20)
    this.#descriptions = new Texts(seed, 40)
  }

  /** A text of the length that descriptions have. */
  description(bits: number): string {
    return this.#descriptions.choose(bits)
  }

  item(type: ItemType, statusBits: number, particulars: Particulars): Item {
    switch (type) {
      case 'plan':
        return { type, data: this.#plan(statusBits, particulars) }
      case 'spec':
        return { type, data: this.#spec(statusBits, particulars) }
      case 'phase':
        return { type, data: this.#phase(statusBits, particulars) }
      case 'execution':
        return { type, data: execution(statusBits, particulars) }
      default:
        return type satisfies never
    }
  }

  // Literals and no spreading: a spread costs more than all the rest, and records are made while the clock runs.

  #plan(statusBits: number, { id, createdAt, updatedAt, bits }: Particulars): DataOf<'plan'> {
    return {
      id,
      created_at: createdAt,
      updated_at: updatedAt,
      name: this.#names.choose(bits),
      description: this.#descriptions.choose(bits >>> 8),
      status: workStatus(statusBits),
      metadata: { owner: 'bench', priority: bits % 5 },
    }
  }

  #spec(statusBits: number, { id, createdAt, updatedAt, parent, bits }: Particulars): DataOf<'spec'> {
    return {
      id,
      created_at: createdAt,
      updated_at: updatedAt,
      plan_id: parent,
      name: this.#names.choose(bits),
      description: this.#descriptions.choose(bits >>> 8),
      dependencies: [],
      acceptance_criteria: [this.#criteria.choose(bits >>> 16)],
      status: workStatus(statusBits),
    }
  }

  #phase(statusBits: number, { id, createdAt, updatedAt, parent, bits }: Particulars): DataOf<'phase'> {
    return {
      id,
      created_at: createdAt,
      updated_at: updatedAt,
      spec_id: parent,
      name: this.#names.choose(bits),
      description: this.#descriptions.choose(bits >>> 8),
      order: bits % 10,
      status: workStatus(statusBits),
    }
  }
}

function execution(statusBits: number, { id, createdAt, updatedAt, parent, bits }: Particulars): DataOf<'execution'> {
  return {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    loop_type: 'build',
    target_type: 'spec',
    target_id: parent,
    status: executionStatus(statusBits),
    iteration_count: bits % 4,
    metrics: {
      total_tokens: { prompt_tokens: bits % 100_000, completion_tokens: bits % 10_000 },
      tool_invocations: {},
      iteration_durations_ms: [],
      retry_count: 0,
      resource_usage: {},
    },
  }
}
