import { turns } from './turns.ts'

export interface Row {
  readonly id: string
  readonly n?: number | undefined
}

/** What a random transaction works with: a transaction of a store, or the state of a model. */
export interface TransactionApi {
  get(id: string): Promise<Row | undefined>
  where(n: number): Promise<readonly Row[]>
  least(count: number): Promise<readonly Row[]>
  count(n: number): Promise<number>
  put(id: string, n: number): Promise<void>
  remove(id: string): Promise<void>
}

const transactionIds: readonly string[] = Array.from({ length: 200 }, (_, at) => `t${at}`)
const values = 80

/**
 * One of the transactions that a seed stands for: a few reads, and writes whose values depend on what was read. Done
 * again on the same state it reads and writes the same. Answers with everything it has read.
 */
export async function randomTransaction(
  seed: number,
  api: TransactionApi,
  { hasTurns }: { readonly hasTurns: boolean },
): Promise<{ readonly reads: readonly string[]; readonly writes: number }> {
  let state = (seed * 2_654_435_761) >>> 0
  const pick = (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
  const id = (): string => transactionIds[pick(transactionIds.length)] ?? ''
  const reads: string[] = []
  let sum = 0
  let writes = 0
  const see = (records: readonly (Row | undefined)[]): void => {
    const shown = records.map((record) => (record === undefined ? '-' : `${record.id}=${String(record.n)}`))
    reads.push(shown.join(' '))
    for (const record of records) sum += Number(record?.n ?? 1)
  }
  const isReader = pick(5) === 0
  for (let step = 2 + pick(6); step > 0; step--) {
    const pause = pick(3) === 0
    if (hasTurns && pause) await turns(1)
    const choice = pick(isReader ? 4 : 7)
    if (choice === 0) see([await api.get(id())])
    else if (choice === 1) see(await api.where(pick(values)))
    else if (choice === 2) see(await api.least(1 + pick(2)))
    else if (choice === 3) {
      const count = await api.count(pick(values))
      reads.push(String(count))
      sum += count
    } else {
      writes++
      if (choice === 6) await api.remove(id())
      else await api.put(id(), sum++ % values)
    }
  }
  return { reads, writes }
}
