import type { QueryAnswer } from '@stateward/contract'
import { typed } from './typed.ts'

/** These fields of a record, in each of the shapes that it may have. */
export type Selected<R, F extends string> = R extends unknown ? Pick<R, Extract<F, keyof R>> : never

/** A copy of each row with these fields alone; a field that a record does not have, its row does not have. */
export function selected<R, F extends string>({ rows }: QueryAnswer, fields: readonly F[]): readonly Selected<R, F>[] {
  return rows.map((record) => {
    const row = fields.filter((field) => Object.hasOwn(record, field)).map((field) => [field, record[field]] as const)
    return typed<Selected<R, F>>(Object.fromEntries(row))
  })
}
