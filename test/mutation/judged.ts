import type { Equivalent } from './equivalents.ts'

const storage = 'packages/storage-jsonl/src'

/** What has been judged, in the order of the files. */
export const judged: readonly Equivalent[] = [
  {
    path: `${storage}/caches/cache-claim.ts`,
    line: "if (entry.kind !== 'active' && bytes === bound.bytes) return entry.crc === bound.crc ? undefined : other",
    at: 55,
    was: 'return entry.crc === bound.crc ? undefined : other',
    becomes: ';',
    why: 'what follows compares the same two checksums where no bytes are between them, and only opens the file for it',
  },
  {
    path: `${storage}/caches/cache-file.ts`,
    line: 'for (let at = position - (position % pageBytes); at < end; at += runBytes) {',
    at: 50,
    was: 'at < end',
    becomes: 'at <= end',
    why: 'one more run, of no bytes, is read at the end of a page',
  },
  {
    path: `${storage}/appending/group-commit.ts`,
    line: 'if (room > 0 && this.#writtenSeq >= this.#active.firstSeq && this.#isOver(room)) {',
    at: 12,
    was: '0',
    becomes: '1',
    why: 'no append takes exactly one byte: a record is a JSON object, and its seal alone is longer',
  },
  {
    path: `${storage}/appending/pacer.ts`,
    line: "this.#arm('check', this.#pace.fenceCheckMs, async () => {",
    at: 11,
    was: "'check'",
    becomes: "''",
    why: 'it only tells what waits from the two other things that do',
  },
  {
    path: `${storage}/scanning/read-lines.ts`,
    line: 'return seq === this.#next || (this.#plan.sparse === true && seq > this.#next)',
    at: 61,
    was: 'seq > this.#next',
    becomes: 'seq >= this.#next',
    why: 'where they are the same it is true before this is looked at',
  },
  {
    path: `${storage}/maintenance/scrub-log.ts`,
    line: "const until = at >= 0 && from !== undefined ? from.until : (round[0]?.file ?? '')",
    at: 61,
    was: "round[0]?.file ?? ''",
    becomes: 'round[0]?.file',
    why: 'without a file there is no stop of a round that would be told where it ends',
  },
]
