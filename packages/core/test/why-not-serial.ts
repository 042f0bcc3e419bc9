import type { History, Seen } from './serial-history.ts'
import { SerialModel } from './serial-model.ts'

/**
 * Why a history is not that of transactions one after the other, in the order of their commits and of time; `undefined` where it is.
 * What was answered is there, what was not may be. O(commits + transactions that left nothing × commits while they ran).
 */
export async function whyNotSerial({ state, seen }: Pick<History, 'state' | 'seen'>): Promise<string | undefined> {
  const { lastSeq } = await state.stats()
  const model = new SerialModel()
  const committed = new Set<string>()
  const txids = new Map<number, string>()
  const abort = new AbortController()
  if (lastSeq > 0) {
    reading: for await (const commits of state.follow(1, abort.signal)) {
      for (const { seq, txid = '' } of commits) {
        txids.set(seq, txid)
        committed.add(txid)
        if (seq === lastSeq) break reading
      }
    }
  }
  abort.abort()
  // What has left nothing behind may stand anywhere between its beginning and its end.
  const waiting = [...seen].filter(([txid, { ended }]) => ended !== undefined && !committed.has(txid))
  waiting.sort(([, left], [, right]) => left.began - right.began)
  let present: [string, Seen][] = []
  let next = 0
  for (let seq = 0; seq <= lastSeq; seq++) {
    if (seq > 0) {
      const why = whyNotNext(seq, txids.get(seq) ?? '', seen, model)
      if (why !== undefined) return why
    }
    for (let one = waiting[next]; one !== undefined && one[1].began <= seq; one = waiting[++next]) present.push(one)
    present = present.filter(([, { seed, done }]) => !model.fits(seed, done?.reads ?? ''))
    const lost = present.find(([, { ended = 0 }]) => ended <= seq)
    if (lost !== undefined) {
      const [txid, { began, ended, done }] = lost
      return `${txid} has left nothing, and no state from ${began} to ${ended} explains that: it read [${done?.reads}]`
    }
  }
  const rows = (await state.task.where().all()).map(({ id, n }) => [id, n])
  return JSON.stringify(rows) === JSON.stringify(model.rows) ? undefined : 'the state is not what the commits make'
}

function whyNotNext(
  seq: number,
  txid: string,
  seen: ReadonlyMap<string, Seen>,
  model: SerialModel,
): string | undefined {
  const one = seen.get(txid)
  if (one?.done === undefined) return `commit ${seq} is of nobody`
  if (one.began >= seq) return `${txid} began after commit ${one.began} was told, and is commit ${seq}`
  if (one.ended !== undefined && one.ended < seq)
    return `${txid} was answered at ${one.ended}, before its commit ${seq}`
  const { reads } = model.run(one.seed)
  return reads === one.done.reads
    ? undefined
    : `${txid}, commit ${seq}, read [${one.done.reads}], and alone it reads [${reads}]`
}
