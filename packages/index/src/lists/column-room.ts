/** Most entries of one column. */
export const columnLength = 512

/** Columns become longer and shorter by so many entries at once: those that are written upon in any order are half full on average. */
const stepEntries = 64

type Column = Uint32Array | Float64Array

/** How long a column is made for so many entries. */
export function roomFor(entries: number): number {
  return Math.min(columnLength, Math.ceil(entries / stepEntries) * stepEntries)
}

/** As `withRoom` and `withoutWaste` need it: another column of that kind, of so many entries. */
type Make<T extends Column> = (entries: number) => T

/** A column with room for one entry more than the first `length`: this one, or a longer copy. */
export function withRoom<T extends Column>(column: T, length: number, make: Make<T>): T {
  return length < column.length ? column : fitted(column, length + 1, make)
}

/** A column of which more than two steps are left over is copied into a shorter one; who comes and goes at a border copies nothing. */
export function withoutWaste<T extends Column>(column: T, length: number, make: Make<T>): T {
  return column.length - length > stepEntries * 2 ? fitted(column, length, make) : column
}

/** Makes a column for one that was saved, of so many entries. Refuses any other number. */
export function soundColumn<T extends Column>(entries: number, make: Make<T>): (found: number) => T {
  return (found) => {
    if (entries > 0 && entries <= columnLength && found === entries) return make(roomFor(entries))
    throw new RangeError(`expected a column of ${entries} entries, at most ${columnLength}, found one of ${found}`)
  }
}

function fitted<T extends Column>(column: T, entries: number, make: Make<T>): T {
  const copy = make(roomFor(entries))
  copy.set(copy.length < column.length ? column.subarray(0, copy.length) : column)
  return copy
}
