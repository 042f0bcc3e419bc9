import type { Domain, Durability, JsonObject } from '@stateward/contract'
import type { CursorDoor } from '../deciding/cursor-steps.ts'

/** What the door needs to know of the store. */
export interface DoorOptions extends CursorDoor {
  readonly domain: Domain
  readonly lowestDurability: Durability
  readonly offered: Readonly<Partial<Record<Durability, unknown>>>
  /** The record as it is known now, if it is in memory: what a slow schema is asked about ahead of the decision. */
  readonly peek: (type: string, id: string) => JsonObject | undefined
}
