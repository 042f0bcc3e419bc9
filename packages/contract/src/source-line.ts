import type { StatewardError } from './error.ts'
import type { JsonObject } from './json.ts'

/** One row of a text that rows are read from: what it says, or why it cannot be read. */
export type SourceLine<Row = JsonObject> =
  | {
      /** The line that it begins on, from 1. */
      readonly line: number
      readonly row: Row
      readonly refused?: undefined
    }
  | { readonly line: number; readonly refused: StatewardError; readonly row?: undefined }
