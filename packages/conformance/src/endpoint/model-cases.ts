import assert from 'node:assert/strict'
import { hasCode, type JsonObject, type Operation, type Protocol, type StoredRecord } from '@stateward/contract'
import { Seeded } from '../seeded.ts'
import { CommitLog } from './commit-log.ts'
import { type Expected, PlainItems } from './plain-items.ts'
import { plainQuery } from './plain-query.ts'
import { itemTimes, randomOrder, randomWhere } from './random-item.ts'
import { randomOperation, randomOperations } from './random-operation.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, ownFields, plain } from './trial.ts'

const seeds = [1, 2, 3, 4, 5, 6] as const
const rounds = 50

/** Random histories, each the same at every run, compared with a map after every round. */
export const modelCases: readonly EndpointCase[] = seeds.map((seed) =>
  endpointCase(`a random history equals a map of its records (seed ${seed})`, async (trial) => {
    const model = new Model(trial, new Seeded(seed))
    for (let round = 0; round < rounds; round++) await model.round()
    await model.finish()
  }),
)

/** A question that is under way, and what it must answer. */
interface Asked {
  readonly what: string
  readonly answering: Promise<unknown>
  readonly expected: Expected[] | Expected
}

class Model {
  readonly #trial: EndpointTrial
  readonly #seeded: Seeded
  readonly #items = new PlainItems()
  readonly #answered: {
    kind: 'create' | 'update' | 'delete' | 'restore'
    body: Protocol['update']['ask']
    answer: unknown
  }[] = []
  #snapshot: { name: string; items: PlainItems } | undefined
  #compacted = false
  #txids = 0

  constructor(trial: EndpointTrial, seeded: Seeded) {
    this.#trial = trial
    this.#seeded = seeded
  }

  async round(): Promise<void> {
    // Without waiting in between, so that their order is looked at too.
    const asked = Array.from({ length: this.#seeded.between(1, 6) }, () => this.#ask())
    for (const one of asked) await assertAnswer(one)
    await this.#repeat()
    await this.#compareQuery(this.#items)
    if (this.#seeded.once(12)) await this.#compact()
    if (this.#seeded.once(8)) await this.#turnSnapshot()
    if (this.#trial.canReopen && this.#seeded.once(15)) await this.#reopen()
  }

  async finish(): Promise<void> {
    await this.#compareAll(this.#items)
    const { firstSeq, lastSeq } = await this.#trial.ask('stats', {})
    assert((await this.#trial.ask('verify', {})).ok, 'verify finds the store sound')
    if (firstSeq > 1) return
    for (const { id, rev } of this.#items.live()) {
      const last = (await this.#trial.history('item', id)).at(-1)
      assert.deepEqual(
        [last?.change.rev, last?.record?.id],
        [rev, id],
        `the history of ${id} ends with its newest version`,
      )
    }
    const commits = new CommitLog(this.#trial, 1)
    await commits.reached(lastSeq)
    await commits.stop()
    const { rows } = await this.#trial.query('item')
    assert.deepEqual(plain(commits.records('item')), plain(rows), 'the commits add up to the state')
  }

  async #compact(): Promise<void> {
    await this.#trial.ask('compact', {})
    this.#compacted = true
    const { firstSeq } = await this.#trial.ask('stats', {})
    // What an open snapshot holds on to may be let go of at any time after it is released.
    if (firstSeq === 1 && this.#snapshot === undefined) return
    this.#items.forgetHistory()
    // Nor can a write be answered once more whose versions are gone.
    this.#answered.length = 0
  }

  #ask(): Asked {
    const operation = randomOperation(this.#seeded, this.#items)
    switch (this.#seeded.below(6)) {
      case 0:
        return this.#transact()
      case 1:
        return this.#createMany()
      default:
        return this.#askOne(operation)
    }
  }

  #askOne(operation: Operation): Asked {
    const { op, ...rest } = operation
    const txid = this.#seeded.once(3) ? `txid ${++this.#txids}` : undefined
    // The fields of an operation are those of the message of the same name.
    const body = { ...rest, ...(txid && { txid }) } as Protocol['update']['ask']
    const expected = this.#items.one(operation)
    const answering = this.#trial.ask(op, body)
    // What changed nothing is not in the log, and its txid neither.
    if (txid !== undefined && 'changed' in expected && expected.changed) {
      void answering.then(
        (answer) => this.#answered.push({ kind: op, body, answer }),
        () => undefined,
      )
    }
    return { what: `${op} ${JSON.stringify(body)}`, answering, expected }
  }

  #transact(): Asked {
    const operations = randomOperations(this.#seeded, this.#items)
    const expected = this.#items.all(operations)
    const answering = this.#trial.ask('transact', { operations }).then(({ results }) => results)
    answering.catch(() => undefined)
    return { what: `transact ${JSON.stringify(operations)}`, answering, expected }
  }

  #createMany(): Asked {
    const operations = randomOperations(this.#seeded, this.#items).flatMap((one) => (one.op === 'create' ? [one] : []))
    const expected = this.#items.all(operations)
    const rows = operations.map(({ data }) => data)
    return {
      what: `createMany ${JSON.stringify(rows)}`,
      answering: this.#trial.ask('createMany', { type: 'item', rows }),
      expected,
    }
  }

  /** A write that was answered before is asked again, with its txid. */
  async #repeat(): Promise<void> {
    if (this.#answered.length === 0 || !this.#seeded.once(3)) return
    const { answer, body, kind } = this.#seeded.pick(this.#answered)
    const again = await this.#trial.ask(kind, body)
    assert.deepEqual(
      plain(again),
      plain(answer),
      `${kind} ${JSON.stringify(body)} repeated with its txid answers as before`,
    )
  }

  async #compareQuery(items: PlainItems, snapshot?: string): Promise<void> {
    const where = randomWhere(this.#seeded)
    const orderBy = randomOrder(this.#seeded).filter(([field]) => field !== 'updated_at')
    const query = { where, orderBy, limit: this.#seeded.between(1, 20) }
    const records = items.live().map(({ fields, rev }) => ({ ...fields, rev }) as StoredRecord)
    const found = await this.#trial.query('item', { ...query, ...(snapshot && { snapshot }) })
    assert.deepEqual(
      found.rows.map(({ id }) => id),
      plainQuery(records, query, itemTimes).map(({ id }) => id),
      JSON.stringify(query),
    )
  }

  async #compareAll(items: PlainItems, snapshot?: string): Promise<void> {
    const { rows } = await this.#trial.query('item', snapshot ? { snapshot } : {})
    const found = rows.map((record) => ({ id: record.id, rev: record.rev, fields: ownFields(record) }))
    assert.deepEqual(plain(found), plain(items.live()), snapshot ? 'all records of the snapshot' : 'all records')
  }

  /** Opens a snapshot, or looks once more at the one that is open and lets go of it. */
  async #turnSnapshot(): Promise<void> {
    if (this.#snapshot === undefined) {
      this.#snapshot = { name: (await this.#trial.ask('snapshot', {})).snapshot, items: this.#items.copy() }
      return
    }
    const { items, name } = this.#snapshot
    await this.#compareAll(items, name)
    await this.#compareQuery(items, name)
    await this.#trial.ask('release', { snapshot: name })
    this.#snapshot = undefined
  }

  async #reopen(): Promise<void> {
    this.#snapshot = undefined
    // What is known of txids is read from the commits behind the base.
    if (this.#compacted) this.#answered.length = 0
    await this.#trial.reopen()
    await this.#compareAll(this.#items)
  }
}

async function assertAnswer({ answering, expected, what }: Asked): Promise<void> {
  const [outcome] = await Promise.allSettled([answering])
  if ('codes' in expected) {
    const { codes } = expected
    assert(outcome?.status === 'rejected', `${what} should be refused as ${codes.join(' or ')}, and was accepted`)
    const { reason } = outcome
    assert(
      codes.some((code) => hasCode(reason, code)),
      `${what} should be refused as ${codes.join(' or ')}: ${reason}`,
    )
    return
  }
  assert(
    outcome?.status === 'fulfilled',
    `${what} should be accepted: ${outcome?.status === 'rejected' && outcome.reason}`,
  )
  const answers = [outcome.value].flat() as JsonObject[]
  const found = answers.map(({ created_at: _, updated_at: __, id, rev, ...fields }) => ({ id, rev, fields }))
  const wanted = [expected].flat().flatMap((one) => {
    if ('codes' in one) return []
    const { id: _, ...fields } = one.fields ?? {}
    return [{ id: one.id, rev: one.rev, fields }]
  })
  assert.deepEqual(plain(found), plain(wanted), what)
}
