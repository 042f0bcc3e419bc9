import { type Mutant, nothing } from './mutants.ts'

/** A mutant with the number that switches it on. */
export interface Numbered {
  readonly number: number
  readonly mutant: Mutant
}

/**
 * The text of a file with all these mutants in it, each behind a switch: `mutantAt(n)` tells whether the mutant of this
 * number is the one that lives. So one bundle serves all of them (Untch, Offutt and Harrold, "Mutation analysis using
 * mutant schemata", 1993).
 */
export function planted(text: string, mutants: readonly Numbered[]): string {
  // Mutants are of nodes, so two of them are apart, of the same node, or one is within the other: the outer one first.
  const waiting = [...mutants].sort((a, b) => a.mutant.start - b.mutant.start || b.mutant.end - a.mutant.end)
  const written = (start: number, end: number): string => {
    let result = ''
    let at = start
    for (let next = waiting[0]; next !== undefined && next.mutant.start < end; next = waiting[0]) {
      const { mutant } = next
      const same = waiting.filter((one) => one.mutant.start === mutant.start && one.mutant.end === mutant.end)
      waiting.splice(0, same.length)
      // Without a semicolon before it, a bracket at the beginning of a statement would be a call of the line above.
      const prefix = mutant.startsStatement && mutant.start > start && same.every(isExpression) ? 'void ' : ''
      result += text.slice(at, mutant.start) + prefix + switched(same, written(mutant.start, mutant.end))
      at = mutant.end
    }
    return result + text.slice(at, end)
  }
  return written(0, text.length)
}

const isExpression = ({ mutant }: Numbered): boolean => mutant.becomes !== nothing

/** A statement and the expression that it is may be of the same characters; then the expression is the inner one. */
function switched(mutants: readonly Numbered[], original: string): string {
  const innerFirst = [...mutants].sort((a, b) => Number(isExpression(b)) - Number(isExpression(a)))
  return innerFirst.reduce(
    (otherwise, { number, mutant }) =>
      mutant.becomes === nothing
        ? `{if(!mutantAt(${number})){${otherwise}}}`
        : `(mutantAt(${number})?(${mutant.becomes}):(${otherwise}))`,
    original,
  )
}
