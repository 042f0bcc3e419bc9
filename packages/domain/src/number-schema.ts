import { type ZodNumber, z } from 'zod'

/** An integer from 0 to 2^53 - 1. */
export const countSchema: ZodNumber = z.int({ error: 'expected an integer of at least 0' }).min(0)

/** A finite number of at least 0. */
export const amountSchema: ZodNumber = z.number().min(0)
