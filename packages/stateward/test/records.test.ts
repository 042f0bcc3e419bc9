import type { StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { answerOf, freshStore, run } from './run-stateward.ts'

const end = (id: string): string => id.slice(-8)

describe('create', () => {
  test('makes a record from texts and from JSON, and answers with it', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=Ship 1.0', 'metadata:={"team":"a"}', '--json'))
    expect(plan).toMatchObject({ name: 'Ship 1.0', metadata: { team: 'a' }, status: 'draft', rev: 1 })
    const { out } = await sw('create', 'plan', 'name=Other')
    expect(out).toMatch(/^created plan [0-9a-f-]{36} {2}Other\n$/)
  })

  test('takes a whole record from --data, a file, or standard input, and fields on top of it', async () => {
    const { folder, sw } = await freshStore()
    const data = await answerOf<StoredRecord>(
      sw('create', 'plan', '--data', '{"name":"A","metadata":{"n":1}}', 'name=B', '--json'),
    )
    expect(data).toMatchObject({ name: 'B', metadata: { n: 1 } })
    const piped = run(folder, ['create', 'plan', '--data', '-', '--json'], { stdin: '{"name":"Piped"}' })
    expect(await answerOf(piped)).toMatchObject({ name: 'Piped' })
    const { writeFileSync } = await import('node:fs')
    writeFileSync(`${folder}/plan.json`, '{"name":"Filed"}')
    expect(await answerOf(sw('create', 'plan', '--data', '@plan.json', '--json'))).toMatchObject({ name: 'Filed' })
  })

  test('makes the ends of ids whole where a field refers to another record', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    const spec = await answerOf<StoredRecord>(sw('create', 'spec', 'name=S', `plan_id=${end(plan.id)}`, '--json'))
    expect(spec.plan_id).toBe(plan.id)
    const target = ['loop_type=test', 'target_type=spec', `target_id=…${end(spec.id)}`]
    expect(await answerOf(sw('create', 'execution', ...target, '--json'))).toMatchObject({ target_id: spec.id })
  })

  test('says how to write what is not a text', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    const spec = await answerOf<StoredRecord>(sw('create', 'spec', 'name=S', `plan_id=${plan.id}`, '--json'))
    const refused = await sw('create', 'phase', 'name=Ph', `spec_id=${spec.id}`, 'order=3')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('order:=3')
    expect((await sw('create', 'phase', 'name=Ph', `spec_id=${spec.id}`, 'order:=3')).code).toBe(0)
  })

  test('--dry-run shows what would be written and writes nothing', async () => {
    const { sw } = await freshStore()
    const dry = await sw('create', 'plan', 'name=Dry', '--dry-run')
    expect(dry.out).toMatch(/^dry run: 1 change in 1 commit would be written; nothing was\n/)
    expect(dry.out).toMatch(/create plan .*Dry {2}status=draft/)
    const json = await answerOf<{ commits: unknown[] }>(sw('create', 'plan', 'name=Dry', '--dry-run', '--json'))
    expect(json).toMatchObject({ dryRun: true, commits: [{ seq: 1, changes: [{ op: 'put', type: 'plan' }] }] })
    expect((await sw('list', 'plan', '--json')).out).toBe('')
  })

  test('a txid makes a repeated creation one', async () => {
    const { sw } = await freshStore()
    const first = await answerOf<StoredRecord>(sw('create', 'plan', 'name=Once', '--txid', 't1', '--json'))
    const second = await answerOf<StoredRecord>(sw('create', 'plan', 'name=Once', '--txid', 't1', '--json'))
    expect(second).toEqual(first)
  })
})

describe('get', () => {
  test('by the id, and by the end of it', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    expect(await answerOf(sw('get', 'plan', plan.id, '--json'))).toEqual(plan)
    expect(await answerOf(sw('get', 'plan', end(plan.id), '--json'))).toEqual(plan)
    expect((await sw('get', 'plan', plan.id.slice(-4))).out).toContain(`plan ${plan.id}\n  name         P\n`)
  })

  test('an end that several ids share lists them', async () => {
    const { folder, sw } = await freshStore()
    const ids = ['01900000-0000-7000-8000-00000000abcd', '01900000-0000-7000-8000-11110000abcd']
    for (const id of ids) await sw('create', 'plan', `id=${id}`, `name=N ${id.slice(24, 28)}`)
    const refused = await sw('get', 'plan', '0000abcd')
    expect(refused.code).toBe(1)
    for (const id of ids) expect(refused.err).toContain(`${id}  N ${id.slice(24, 28)}`)
    const json = await run(folder, ['get', 'plan', '0000abcd', '--json'])
    expect(JSON.parse(json.err)).toMatchObject({ code: 'AMBIGUOUS', details: { candidates: ids } })
    expect((await sw('get', 'plan', '11110000abcd')).code).toBe(0)
  })

  test('an id that nobody has', async () => {
    const { sw } = await freshStore()
    const refused = await sw('get', 'plan', 'ffffffff')
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(/^NOT_FOUND {2}expected a plan whose id is "ffffffff" or ends with it/)
  })

  test('fewer than four characters are no end of an id', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    expect((await sw('get', 'plan', plan.id.slice(-3))).err).toContain('NOT_FOUND')
  })

  test('what a record says cannot write on the terminal', async () => {
    const { folder, sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(
      sw('create', 'plan', '--data', '{"name":"\\u001b[31mred\\u009b2J\\u202egnp"}', '--json'),
    )
    for (const args of [['get', 'plan', plan.id], ['list', 'plan'], ['tail'], ['history', 'plan', plan.id]]) {
      const { out } = await run(folder, args)
      expect(out).toContain('\\u001b[31mred\\u009b2J\\u202egnp')
      expect(out).not.toContain('\u001b')
    }
  })
})

describe('update', () => {
  test('changes and removes fields', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', 'colour=red', '--json'))
    const updated = sw('update', 'plan', end(plan.id), 'name=Q', 'metadata:={"a":1}', '--unset', 'colour', '--json')
    expect(await answerOf(updated)).toEqual({
      ...plan,
      name: 'Q',
      metadata: { a: 1 },
      colour: undefined,
      rev: 2,
      updated_at: expect.any(String),
    })
    expect((await sw('update', 'plan', plan.id, 'name=R')).out).toBe(`updated plan ${plan.id} to rev 3\n`)
    const again = await sw('update', 'plan', plan.id, 'name=R')
    expect(again.out).toBe(`plan ${plan.id} is so already, at rev 3; nothing was written\n`)
  })

  test('--expect-rev refuses a record that has moved on', async () => {
    const { folder, sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    await sw('update', 'plan', plan.id, 'name=Q')
    const refused = await run(folder, ['update', 'plan', plan.id, 'name=R', '--expect-rev', '1', '--json'])
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.err)).toMatchObject({ code: 'CONFLICT', retryable: false, details: { currentRev: 2 } })
  })

  test('guards, --force with a reason, and --cascade', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', 'status=running', '--json'))
    const spec = await answerOf<StoredRecord>(sw('create', 'spec', 'name=S', `plan_id=${plan.id}`, '--json'))
    const refused = await sw('update', 'plan', plan.id, 'status=completed')
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('ILLEGAL_TRANSITION') })
    expect((await sw('update', 'plan', plan.id, 'status=completed', '--cascade')).code).toBe(0)
    expect(await answerOf(sw('get', 'spec', spec.id, '--json'))).toMatchObject({ status: 'cancelled' })
    await sw('update', 'plan', plan.id, 'status=pending')
    const forced = await sw(
      'update',
      'plan',
      plan.id,
      'status=running',
      '--force',
      '--reason',
      'told to',
      '--actor',
      'ada',
    )
    expect(forced.code).toBe(0)
    expect((await sw('tail', '-n', '1')).out).toMatch(/status=running {2}by ada {2}forced: told to/)
  })
})

describe('delete and restore', () => {
  test('a deletion, what refers to it, and the way back', async () => {
    const { sw } = await freshStore()
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    const spec = await answerOf<StoredRecord>(sw('create', 'spec', 'name=S', `plan_id=${plan.id}`, '--json'))
    expect((await sw('delete', 'plan', plan.id)).err).toContain('RESTRICTED')
    const dry = await sw('delete', 'plan', end(plan.id), '--cascade', '--dry-run')
    expect(dry.out).toContain('dry run: 2 changes in 1 commit')
    expect(dry.out).toContain(`delete spec      ${end(spec.id)}`)
    expect(await answerOf(sw('get', 'spec', spec.id, '--json'))).toEqual(spec)
    expect(await answerOf(sw('delete', 'plan', plan.id, '--cascade', '--json'))).toEqual({ id: plan.id, rev: 2 })
    expect((await sw('get', 'plan', plan.id)).code).toBe(1)
    const restored = await sw('restore', 'plan', end(plan.id))
    expect(restored.out).toBe(`restored plan ${plan.id}  P\n`)
    expect(await answerOf(sw('get', 'plan', plan.id, '--json'))).toMatchObject({ name: 'P', rev: 3 })
  })

  test('restoring what was never there, or is', async () => {
    const { sw } = await freshStore()
    expect((await sw('restore', 'plan', 'ffffffff')).err).toContain('NOT_FOUND')
    const plan = await answerOf<StoredRecord>(sw('create', 'plan', 'name=P', '--json'))
    expect((await sw('restore', 'plan', plan.id)).err).toContain('ALREADY_EXISTS')
  })
})
