/** Names of the files in a store's directory. */
export const fileNames = {
  manifest: 'manifest.json',
  previousManifest: 'manifest.prev.json',
  lock: 'LOCK',
  archive: 'archive',
  quarantine: 'quarantine',
  cache: 'cache',
  ballast: 'ballast',
  temporary: '.tmp',
} as const

const digits = 8
const segmentPattern = /^(log|base)-(\d{8,})\.jsonl$/
const temporaryPattern = /^(?:(?:log|base)-\d{8,}\.jsonl(?:\.gz)?|manifest(?:\.prev)?\.json)\.tmp$/

export interface SegmentName {
  readonly kind: 'log' | 'base'
  readonly segment: number
}

/** `log-00000007.jsonl`. */
export function segmentName(kind: SegmentName['kind'], segment: number): string {
  return `${kind}-${String(segment).padStart(digits, '0')}.jsonl`
}

/** `archive/log-00000007.jsonl.gz`. */
export function archiveName(segment: number): string {
  return `${fileNames.archive}/${segmentName('log', segment)}.gz`
}

/** `cache/state.cache`. */
export function cacheName(name: string): string {
  return `${fileNames.cache}/${name}.cache`
}

/** The name of the cache that a file in the directory of caches holds; `undefined` for others. */
export function nameOfCache(file: string): string | undefined {
  return /^([a-z0-9-]+)\.cache$/.exec(file)?.[1]
}

/** `cache/log-00000007.hint`. */
export function hintName(segment: number): string {
  return `${fileNames.cache}/log-${String(segment).padStart(digits, '0')}.hint`
}

/** The segment that a file in the directory of caches is the hint of; `undefined` for others. */
export function segmentOfHint(name: string): number | undefined {
  const parts = /^log-(\d{8,})\.hint$/.exec(name)
  return parts === null ? undefined : Number(parts[1])
}

/** What a name says, or `undefined` when it is no segment's. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const parts = segmentPattern.exec(name)
  if (parts === null) return undefined
  return { kind: parts[1] === 'log' ? 'log' : 'base', segment: Number(parts[2]) }
}

/** Whether a name is that of a segment or of an archived one: nothing else is ever removed for being obsolete. */
export function isRemovableName(name: string): boolean {
  const packed = /^archive\/(.+)\.gz$/.exec(name)
  return parseSegmentName(packed?.[1] ?? name) !== undefined
}

/** Whether a name is one that this storage gives to a file it has not finished: such a file holds nothing of the log. */
export function isTemporaryName(name: string): boolean {
  return temporaryPattern.test(name)
}

/** The same for a file in the directory of caches. */
export function isTemporaryCacheName(name: string): boolean {
  return /^[a-z0-9-]+\.(?:cache|hint)\.tmp$/.test(name)
}
