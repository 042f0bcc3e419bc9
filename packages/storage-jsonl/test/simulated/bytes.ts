import { boot, type SimMedium } from '@stateward/conformance'
import { type Damage, hasCode, type LogWriter, type Seq } from '@stateward/contract'
import { type BytesStore, cached } from './bytes-store.ts'
import { expectThat, servedBy } from './served-by.ts'
import { type MakeStorage, simStorage } from './sim-storage.ts'
import { verdictOf } from './verdict.ts'

/** One way to damage a file. */
export interface Change {
  readonly path: string
  readonly what: string
  readonly content: Buffer
}

/** Every cut, every flipped bit, every zeroed sector, and every line left out, doubled or swapped with the next. */
export function* changesOf(path: string, content: Buffer): Generator<Change> {
  for (let size = 0; size < content.length; size++)
    yield { path, what: `cut at ${size}`, content: content.subarray(0, size) }
  for (let bit = 0; bit < content.length * 8; bit++) {
    const flipped = Buffer.from(content)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield { path, what: `bit ${bit & 7} of byte ${bit >> 3} flipped`, content: flipped }
  }
  for (let at = 0; at < content.length; at += 512) {
    const zeroed = Buffer.from(content)
    zeroed.subarray(at, at + 512).fill(0)
    yield { path, what: `sector at ${at} zeroed`, content: zeroed }
  }
  const lines = content.toString('latin1').split(/(?<=\n)/)
  for (const [index, line] of lines.entries()) {
    const changed: readonly [string, readonly string[]][] = [
      ['left out', lines.toSpliced(index, 1)],
      ['doubled', lines.toSpliced(index, 0, line)],
      ['swapped with the next', lines.toSpliced(index, 2, lines[index + 1] ?? '', line)],
    ]
    for (const [what, texts] of changed)
      yield { path, what: `line ${index + 1} ${what}`, content: Buffer.from(texts.join(''), 'latin1') }
  }
}

type Opened =
  | { readonly served: Seq; readonly quarantined: number }
  | { readonly code: string; readonly damage: readonly Damage[]; readonly isOpen: boolean }

/**
 * Opens a store with one file changed and checks what must hold: right data, and all of it unless what was being written
 * is torn; or a refusal that names what it found and changes nothing.
 */
export async function assertHarmless(store: BytesStore, change: Change, make?: MakeStorage): Promise<void> {
  const { path, what, content } = change
  const medium = store.medium.fork()
  const file = medium.file(path)
  file.truncate(0)
  file.write(content, 0)
  file.sync()
  const touched = new Set<string>()
  medium.onStep = (step) => {
    if (step.operation !== 'syncDirectory' && !step.path.endsWith('/LOCK'))
      touched.add(`${step.operation} ${step.path}`)
    return undefined
  }
  const found = await open(medium, store.given, make)
  const context = (): string => `${path}, ${what}: ${JSON.stringify(found)}`
  if ('code' in found) {
    expectThat(found.code !== 'UNSUPPORTED' || what.includes('bit'), context)
    expectThat(found.code === 'UNSUPPORTED' || found.damage.length > 0, () => `${context()} names no line`)
    expectThat(found.isOpen || touched.size === 0, () => `${context()}, a refusal, changed ${[...touched]}`)
  }
  if (path === store.active) assertVerdict(store, content, { found, context })
  else if ('served' in found)
    expectThat(found.served === store.given.length, () => `${context()}, of ${store.given.length}`)
}

function assertVerdict(
  { given, medium, active, known }: BytesStore,
  content: Buffer,
  { found, context }: { found: Opened; context: () => string },
): void {
  const whole = medium.file(active).bytes
  const seqs = { before: firstOf(whole) - 1, known }
  expectThat(verdictOf(whole, seqs).lastSeq === given.length, () => 'the table does not read the store as it was')
  const wanted = verdictOf(content, seqs)
  const isRefused = 'code' in found
  expectThat(isRefused === (wanted.verdict === 'corrupt'), () => `${context()}, expected ${JSON.stringify(wanted)}`)
  if ('code' in found) return
  expectThat(found.served === wanted.lastSeq, () => `${context()}, expected ${JSON.stringify(wanted)}`)
  expectThat(found.quarantined > 0 === (wanted.verdict === 'torn'), () => `${context()}, and was not reported`)
}

/** Whether a cache is given out and reads as something else than what was saved. */
async function isOther(writer: LogWriter): Promise<boolean> {
  const cache = await writer.caches?.load('state')
  if (cache === undefined) return false
  const bytes = Buffer.alloc(cache.bytes)
  const isRead = await cache.read(bytes, 0).then(
    () => true,
    (error: unknown) => !hasCode(error, 'CORRUPT'),
  )
  await cache.close()
  return isRead && !bytes.equals(cached)
}

const firstOf = (content: Buffer): Seq => JSON.parse(content.toString('latin1').split('\n')[0] ?? '').data.firstSeq

async function open(medium: SimMedium, given: readonly Buffer[], make?: MakeStorage): Promise<Opened> {
  let isOpen = false
  try {
    const storage = simStorage(boot(medium), make === undefined ? {} : { make })
    const { writer, recovery } = await storage.openWriter('open')
    isOpen = true
    expectThat(!(await isOther(writer)), () => 'a cache is given out that is not what was saved')
    return { served: await servedBy(writer, given), quarantined: recovery.quarantined.length }
  } catch (error) {
    if (!hasCode(error, 'CORRUPT') && !hasCode(error, 'UNSUPPORTED')) throw error
    return { code: error.code, damage: (error.details.damage ?? []) as readonly Damage[], isOpen }
  }
}
