/** Rows that every contender is given at once when records are loaded. */
export const loadBatchRows = 1000
