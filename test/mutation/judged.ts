import type { Equivalent } from './equivalents.ts'

/** What has been judged, in the order of the files. */
export const judged: readonly Equivalent[] = []
