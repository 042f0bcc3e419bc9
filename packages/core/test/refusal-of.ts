import { expect } from 'vitest'

/** What a call is refused with; `accepted` where it is not. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'accepted',
    (error: unknown) => error,
  )
}

/** The refusal of a value that this record holds. */
export const taken = (heldBy: string, more: object = {}) =>
  expect.objectContaining({ code: 'ALREADY_EXISTS', details: expect.objectContaining({ heldBy, ...more }) })
