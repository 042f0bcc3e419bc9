import { boot, SimMedium } from '@stateward/conformance'
import { type Damage, hasCode, type RecoveryReport } from '@stateward/contract'
import { expect, test } from 'vitest'
import { sealedLine } from '../../src/format/line.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const first = '/store/log-00000001.jsonl'
const records = Array.from({ length: 12 }, (_, index) => recordOf(index + 1, index % 3))
const texts = records.map(textOf)

/** A store whose process was killed: three batches of so many commits, all acknowledged, none closed in order. */
async function killed(commits = 4): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('killed')
  for (let at = 0; at < commits * 3; at += commits) await append(writer, records.slice(at, at + commits))
  medium.kill()
  return medium.copy()
}

/** A store that was closed in order. */
async function closed(): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('closed')
  await append(writer, records)
  await writer.close()
  return medium.copy()
}

type Opened =
  | { readonly served: string[]; readonly recovery: RecoveryReport }
  | { readonly code: string; readonly damage: readonly Damage[] }

async function open(medium: SimMedium): Promise<Opened> {
  try {
    const { writer, recovery } = await simStorage(boot(medium)).openWriter('open')
    return { served: await readAll(writer), recovery }
  } catch (error) {
    if (hasCode(error, 'CORRUPT') || hasCode(error, 'UNSUPPORTED')) {
      return { code: error.code, damage: (error.details.damage ?? []) as readonly Damage[] }
    }
    throw error
  }
}

/** Opens a damaged medium and checks what holds whatever the damage: right data or a refusal that changes nothing. */
async function openDamaged(medium: SimMedium, context: string): Promise<Opened> {
  const before = medium.contents()
  const found = await open(medium)
  if ('code' in found) {
    expect(medium.contents(), `${context}: a refused open changes nothing`).toEqual(before)
    expect(found.code === 'UNSUPPORTED' || found.damage.length > 0, `${context}: a refusal names lines`).toBe(true)
  } else expect(found.served, context).toEqual(texts.slice(0, found.served.length))
  return found
}

function rewrite(medium: SimMedium, path: string, content: Uint8Array): void {
  const file = medium.file(path)
  file.truncate(0)
  file.write(content, 0)
  file.sync()
}

test('a log cut at any byte loses nothing proven: the cut tail is kept aside and reported, or the open is refused', async () => {
  const whole = await killed(2)
  const content = Buffer.from(whole.file(first).bytes)
  const lines = content.toString().split('\n')
  // Commits 1 to 4 are proven by the first line of the third batch, as long as that line is there.
  const proofEnds = Buffer.byteLength(lines.slice(0, 6).join('\n')) + 1
  const secondProofEnds = Buffer.byteLength(lines.slice(0, 4).join('\n')) + 1
  for (let size = 0; size < content.length; size++) {
    const medium = whole.copy()
    rewrite(medium, first, content.subarray(0, size))
    const found = await openDamaged(medium, `cut at ${size}`)
    const least = size >= proofEnds ? 4 : size >= secondProofEnds ? 2 : 0
    if ('code' in found) expect(size, 'only a header that is gone is refused').toBeLessThan(content.indexOf('\n') + 1)
    else {
      expect(found.served.length).toBeGreaterThanOrEqual(least)
      const atBorder = content[size - 1] === 0x0a
      expect(found.recovery.quarantined).toHaveLength(atBorder ? 0 : 1)
      const [kept] = found.recovery.quarantined
      if (kept !== undefined) {
        expect(medium.file(`/store/${kept.keptIn}`).bytes).toEqual(content.subarray(kept.byte, size))
      }
    }
  }
})

test('after a cut the next commit is whole, and the fragment is glued to nothing', async () => {
  const medium = await killed()
  const content = Buffer.from(medium.file(first).bytes)
  rewrite(medium, first, content.subarray(0, content.length - 7))
  const { writer, recovery } = await simStorage(boot(medium)).openWriter('next')
  expect(recovery).toMatchObject({ clean: false, lastSeq: 11, quarantined: [{ file: 'log-00000001.jsonl' }] })
  await append(writer, [recordOf('next')])
  expect(await readAll(writer)).toEqual([...texts.slice(0, 11), textOf(recordOf('next'))])
  await writer.close()
  expect(await open(medium)).toMatchObject({ recovery: { clean: true, lastSeq: 12, quarantined: [] } })
})

test('no flipped bit of the log is ever served as data', async () => {
  const whole = await killed(1)
  const size = whole.file(first).size
  let refused = 0
  for (let byte = 0; byte < size; byte++) {
    for (let bit = 0; bit < 8; bit++) {
      const medium = whole.copy()
      medium.file(first).rot(byte, bit)
      const found = await openDamaged(medium, `bit ${bit} of byte ${byte}`)
      if ('code' in found) refused++
    }
  }
  // Only the eight bits of the last line feed make the last line look as if it was never finished.
  expect(refused).toBe(size * 8 - 8)
})

test('no flipped bit of the manifest is ever believed', async () => {
  const whole = await closed()
  const path = '/store/manifest.json'
  for (let byte = 0; byte < whole.file(path).size; byte++) {
    const medium = whole.copy()
    medium.file(path).rot(byte, byte % 8)
    const found = await openDamaged(medium, `byte ${byte}`)
    if (!('code' in found)) expect(found.served).toEqual(texts)
  }
})

test('damage in the middle is refused with file, line and byte of every bad line', async () => {
  const medium = await closed()
  const content = medium.file(first).bytes
  const starts = [0]
  for (let at = content.indexOf(0x0a); at >= 0; at = content.indexOf(0x0a, at + 1)) starts.push(at + 1)
  for (const line of [3, 7]) medium.file(first).rot((starts[line - 1] ?? 0) + 30, 1)
  expect(await openDamaged(medium, 'two lines')).toMatchObject({
    code: 'CORRUPT',
    damage: [3, 7].map((line) => ({ file: 'log-00000001.jsonl', line, byte: starts[line - 1] })),
  })
})

test('every line dropped, doubled or swapped is refused', async () => {
  const whole = await closed()
  const lines = whole.file(first).bytes.toString().trimEnd().split('\n')
  const changes = lines.flatMap((line, at) => [
    lines.toSpliced(at, 1),
    lines.toSpliced(at, 0, line),
    ...(at === 0 ? [] : [lines.toSpliced(at - 1, 2, line, lines[at - 1] ?? '')]),
  ])
  for (const [index, changed] of changes.entries()) {
    const medium = whole.copy()
    rewrite(medium, first, Buffer.from(`${changed.join('\n')}\n`))
    const found = await openDamaged(medium, `change ${index}`)
    // Without its last line, the closing one, or with it twice, the log still holds every commit that it held.
    if (!('code' in found)) expect(found.served).toEqual(texts)
  }
})

test('a sector that the last batch never reached is a torn write: what was proven before it is served', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('long')
  for (const record of records.slice(0, 3)) await append(writer, [record])
  const from = medium.file(first).size
  await append(
    writer,
    Array.from({ length: 30 }, (_, index) => recordOf(`last-${index}`)),
  )
  medium.kill()
  const whole = medium.copy()
  const { size } = whole.file(first)
  for (let sector = Math.floor(from / 512); sector * 512 < size; sector++) {
    const after = whole.copy()
    const at = Math.max(from, sector * 512)
    after.file(first).write(Buffer.alloc(Math.min(size, (sector + 1) * 512) - at), at)
    after.file(first).sync()
    const found = await open(after)
    expect(found, `sector ${sector}`).toMatchObject({ recovery: { quarantined: [{ file: 'log-00000001.jsonl' }] } })
    expect('served' in found && found.served.slice(0, 3)).toEqual(texts.slice(0, 3))
  }
})

test('a segment that is missing, of another log, or of the wrong number is refused', async () => {
  const other = await closed()
  const { writer } = await simStorage(boot(other)).openWriter('second')
  await append(writer, records)
  await writer.close()
  const whole = other.copy()

  const missing = whole.copy()
  await boot(missing).remove(first)
  expect(await openDamaged(missing, 'missing')).toMatchObject({ damage: [{ file: 'log-00000001.jsonl' }] })

  const swapped = whole.copy()
  rewrite(swapped, first, whole.file('/store/log-00000002.jsonl').bytes)
  expect(await openDamaged(swapped, 'swapped')).toMatchObject({ damage: [{ file: 'log-00000001.jsonl', line: 1 }] })

  const foreign = new SimMedium()
  const stranger = await simStorage(boot(foreign), { seed: 99 }).openWriter('stranger')
  await append(stranger.writer, records)
  await stranger.writer.close()
  const mixed = whole.copy()
  mixed.plant('/store/log-00000009.jsonl', foreign.file(first).bytes)
  expect(await openDamaged(mixed, 'mixed')).toMatchObject({ damage: [{ file: 'log-00000009.jsonl' }] })
})

test('lines that a fenced writer still wrote behind the end are kept aside', async () => {
  const medium = await killed()
  const { writer } = await simStorage(boot(medium)).openWriter('newer')
  await writer.close()
  const { size } = medium.file(first)
  const late = sealedLine(recordOf('late'), { seq: 9, dur: 8 })
  medium.file(first).write(late, size)
  medium.file(first).sync()
  expect(await open(medium)).toMatchObject({
    served: texts,
    recovery: { clean: false, quarantined: [{ byte: size, bytes: late.length }] },
  })
  expect(medium.file(first).size).toBe(size)
})

test('a line put behind the end of a closed log by hand is refused, a fragment is kept aside', async () => {
  const whole = await closed()
  const { size } = whole.file(first)
  const byHand = whole.copy()
  byHand.file(first).write(Buffer.from('{"type":"plan"}\n'), size)
  expect(await openDamaged(byHand, 'by hand')).toMatchObject({ code: 'CORRUPT', damage: [{ line: 15, byte: size }] })
  const fragment = whole.copy()
  fragment.file(first).write(Buffer.from('{"type":"pl'), size)
  expect(await openDamaged(fragment, 'fragment')).toMatchObject({
    served: texts,
    recovery: { quarantined: [{ bytes: 11 }] },
  })
})
