import { tracingNames } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { logEvents } from '../src/observation/log-events.ts'
import { listening } from './listening.ts'
import { openTiny } from './open-tiny.ts'

interface Logged {
  readonly level: string
  readonly facts: object
  readonly message: string
}

function recording(): {
  logger: Record<'debug' | 'info' | 'warn' | 'error', (facts: object, message: string) => void>
  lines: Logged[]
} {
  const lines: Logged[] = []
  const at = (level: string) => (facts: object, message: string) => void lines.push({ level, facts, message })
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

test('what a store tells is a line for the log, at a level that fits', async () => {
  const { logger, lines } = recording()
  const { state } = await openTiny({ logger, observe: { name: 'shop', slowQueryMs: 0 } })
  await state.task.create({ id: 'a' })
  await state.task.where({ title: 'x' }).all()
  await state.compact()
  expect(lines).toContainEqual({
    level: 'warn',
    message: 'a query took long',
    facts: {
      store: 'shop',
      event: 'slowQuery',
      asked: 'query',
      type: 'task',
      ms: 0,
      rows: 0,
      plan: expect.objectContaining({ records: 1 }),
    },
  })
  expect(lines).toContainEqual({
    level: 'info',
    message: 'compaction: finished',
    facts: expect.objectContaining({ store: 'shop', cause: 'asked', upTo: 1 }),
  })
  expect((await state.stats()).compaction).toMatchObject({ finished: 1, failed: 0, last: { upTo: 1 } })
  await state.close()
})

test('secrets that are put everywhere are neither logged nor told on a channel', async () => {
  const secret = 'hunter2'
  const { logger, lines } = recording()
  const channels = Object.values(tracingNames).map((name) => listening(name, 'safe'))
  const { state } = await openTiny({ logger, observe: { name: 'safe', slowQueryMs: 0 } })
  const ignore = (): void => {}
  const write = { actor: secret, txid: secret } as const
  await state.task.create({ id: secret, title: secret, tags: [secret] }, write)
  await state.task.update(secret, { title: `${secret}2` }, { actor: secret })
  await state.task.create({ id: secret, title: 'other' }).catch(ignore)
  await state.ask('create', { type: secret, data: { [secret]: secret } }).catch(ignore)
  await state.task.get(secret)
  await state.task.where({ title: secret, tags: { contains: secret } }).all()
  await state.task.where({ id: { in: [secret, `${secret}3`] } }).all()
  await state.ask('query', { type: 'task', cursor: secret }).catch(ignore)
  await state.ask('query', { type: 'task', where: { [secret]: secret } }).catch(ignore)
  await state.ask('command', { name: secret, body: { [secret]: secret } }).catch(ignore)
  await state.transaction(() => Promise.reject(new Error(secret))).catch(ignore)
  await state.task.delete(secret, { force: true, reason: secret }).catch(ignore)
  await state.compact()
  await state.close()
  const told = JSON.stringify([lines, channels])
  expect(lines.length).toBeGreaterThan(4)
  expect(channels.flat().length).toBeGreaterThan(40)
  expect(told).not.toContain(secret)
})

test('the text of an error, and what else an event says of the disk, stays out of the log', () => {
  const { logger, lines } = recording()
  const log = logEvents(logger, 'safe')
  const message = 'hunter2'
  log({ kind: 'stopped', code: 'STORAGE_FAILED', message })
  log({ kind: 'full', message })
  log({ kind: 'cacheIgnored', cache: 'checkpoint', reason: message })
  log({ kind: 'hook', hook: 'afterCommit', seq: 1, code: 'INVALID', message })
  log({ kind: 'compaction', cause: 'size', phase: 'failed', code: 'FULL', message })
  log({ kind: 'scrub', phase: 'failed', code: 'STORAGE_FAILED', message })
  log({ kind: 'reopened', lastSeq: 1, lost: { from: 1, to: 2 } })
  expect(lines.map(({ level }) => level)).toEqual(['error', 'warn', 'info', 'error', 'error', 'warn', 'error'])
  expect(JSON.stringify(lines)).not.toContain(message)
})

test('a logger that throws does not reach the store; one that lacks a level is refused', async () => {
  const broken = (): never => {
    throw new Error('the log is full')
  }
  const logger = { debug: broken, info: broken, warn: broken, error: broken }
  const { state } = await openTiny({ logger, storage: memoryStorage(), observe: { slowQueryMs: 0 } })
  expect(await state.task.where({ title: 'x' }).all()).toEqual([])
  await state.close()
  await expect(openTiny({ logger: { ...logger, warn: undefined } as never })).rejects.toMatchObject({ code: 'INVALID' })
})
