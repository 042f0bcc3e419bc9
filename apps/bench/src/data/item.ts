import type { ExecutionInput, PhaseInput, PlanInput, SpecInput } from 'stateward'

/** What the store would fill in, given by the data set, so that every contender holds the same bytes. */
export interface Given {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
}

type With<Input extends { readonly status?: unknown }> = Input &
  Given & { readonly status: NonNullable<Input['status']> }

/** One record to be stored, and its type. */
export type Item =
  | { readonly type: 'plan'; readonly data: With<PlanInput> }
  | { readonly type: 'spec'; readonly data: With<SpecInput> }
  | { readonly type: 'phase'; readonly data: With<PhaseInput> }
  | { readonly type: 'execution'; readonly data: With<ExecutionInput> }

export type ItemType = Item['type']

export type DataOf<Type extends ItemType> = Extract<Item, { type: Type }>['data']

/** In the order in which they can be stored: nobody comes before what it refers to. */
export const itemTypes: readonly ItemType[] = ['plan', 'spec', 'phase', 'execution']

/** The id of the record that this one is a part of; empty for a plan. */
export function parentOf(item: Item): string {
  switch (item.type) {
    case 'plan':
      return ''
    case 'spec':
      return item.data.plan_id
    case 'phase':
      return item.data.spec_id
    case 'execution':
      return item.data.target_id
    default:
      return item satisfies never
  }
}
