export interface Row {
  readonly id: string
  readonly n?: number | undefined
}

/** What a random transaction does next. */
export type Act =
  | { readonly op: 'pause' }
  | { readonly op: 'get' | 'remove'; readonly id: string }
  | { readonly op: 'where' | 'count' | 'least'; readonly n: number }
  | { readonly op: 'put'; readonly id: string; readonly n: number }

export interface Done {
  /** Everything that it has read, as text. */
  readonly reads: string
  readonly writes: number
}

const transactionIds: readonly string[] = Array.from({ length: 300 }, (_, at) => `t${at}`)
/** The values that records have: 0 … 119. */
export const transactionValues = 120

/**
 * One of the transactions that a seed stands for: a few reads, and writes whose values depend on what was read. Done
 * again on the same state it reads and writes the same. Each act is answered with the rows, or the number of them.
 */
export function* randomTransaction(seed: number): Generator<Act, Done, readonly (Row | undefined)[] | number> {
  let state = (seed * 2_654_435_761) >>> 0
  const pick = (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
  const id = (): string => transactionIds[pick(transactionIds.length)] ?? ''
  let reads = ''
  let sum = 0
  let writes = 0
  const see = (answer: readonly (Row | undefined)[] | number): void => {
    if (typeof answer === 'number') {
      reads += `; ${answer}`
      sum += answer
      return
    }
    reads += ';'
    for (const record of answer) {
      reads += record === undefined ? ' -' : ` ${record.id}=${record.n}`
      sum += Number(record?.n ?? 1)
    }
  }
  const isReader = pick(5) === 0
  for (let step = 2 + pick(5); step > 0; step--) {
    if (pick(4) === 0) yield { op: 'pause' }
    const choice = pick(isReader ? 4 : 7)
    if (choice === 0) see(yield { op: 'get', id: id() })
    else if (choice === 1) see(yield { op: 'where', n: pick(transactionValues) })
    // Seldom, because nearly every write changes what is least, and a run that is made again shows nothing new.
    else if (choice === 2) see(yield pick(4) === 0 ? { op: 'least', n: 1 + pick(2) } : { op: 'get', id: id() })
    else if (choice === 3) see(yield { op: 'count', n: pick(transactionValues) })
    else {
      writes++
      if (choice === 6) yield { op: 'remove', id: id() }
      else yield { op: 'put', id: id(), n: sum++ % transactionValues }
    }
  }
  return { reads, writes }
}
