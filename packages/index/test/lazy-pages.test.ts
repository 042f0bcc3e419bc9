import { expect, test } from 'vitest'
import { DamagedImage } from '../src/images/damaged-image.ts'
import { ImageReader, ImageWriter } from '../src/images/image.ts'
import { LazyPages } from '../src/images/lazy-pages.ts'
import { LateSource } from './late-source.ts'

const form = {
  sizeOf: (page: number[]) => page.length,
  memoryOf: (page: number[]) => Uint8Array.from(page),
  copyOf: (page: number[]) => [...page],
  bytesOf: (page: number[]) => Uint8Array.from(page),
  pageOf(bytes: Uint8Array) {
    if (bytes[0] === 255) throw new DamagedImage('no page')
    return [...bytes]
  },
}

/** Pages with a hole, loaded again, none of them read. */
function loaded(pages: LazyPages<number[]>) {
  const image = new ImageWriter()
  pages.save(image)
  const source = new LateSource(image.parts())
  const again = new LazyPages(form)
  again.load(new ImageReader(source))
  return { again, source }
}

function some(): LazyPages<number[]> {
  const pages = new LazyPages(form)
  pages.set(0, [1])
  pages.set(3, [3, 4])
  pages.set(1, [2])
  return pages
}

test('a page is read when it is asked for, once, and what was never set is not there', () => {
  const { again, source } = loaded(some())
  const before = source.bytesRead
  expect(again.get(3)).toEqual([3, 4])
  expect(source.bytesRead - before).toBe(2)
  expect([again.get(2), again.get(7)]).toEqual([undefined, undefined])
  expect(again.get(3)).toBe(again.get(3))
  expect(source.bytesRead - before).toBe(2)
})

test('what was set since is kept when the rest is read, and is what is saved', () => {
  const { again, source } = loaded(some())
  again.set(1, [9])
  again.set(2, [7])
  source.finish()
  expect([0, 1, 2, 3, 4].map((at) => again.get(at))).toEqual([[1], [9], [7], [3, 4], undefined])
  const { again: twice } = loaded(again)
  expect([0, 1, 2, 3].map((at) => twice.get(at))).toEqual([[1], [9], [7], [3, 4]])
})

test('a page that makes no sense is told, and the others are there', () => {
  const pages = some()
  pages.set(0, [255])
  const { again } = loaded(pages)
  expect(() => again.get(0)).toThrow(DamagedImage)
  expect(again.get(1)).toEqual([2])
})

test('after clearing there is nothing, read or unread', () => {
  const { again, source } = loaded(some())
  again.clear()
  source.finish()
  expect([again.get(0), again.get(3)]).toEqual([undefined, undefined])
})

test('what is changed while an image is written is in the next one', () => {
  const pages = some()
  const image = new ImageWriter()
  pages.save(image)
  const parts = image.parts()
  const written = [parts.next().value ?? new Uint8Array(0)]
  for (const at of [0, 1, 3]) pages.own(at)?.push(7)
  pages.set(2, [5])
  const [owned] = [pages.own(3)]
  expect(pages.own(3)).toBe(owned)
  written.push(...parts)
  const source = new LateSource(written)
  const again = new LazyPages(form)
  again.load(new ImageReader(source))
  expect([0, 1, 2, 3].map((at) => again.get(at))).toEqual([[1], [2], undefined, [3, 4]])
  expect([0, 1, 2, 3].map((at) => pages.get(at))).toEqual([[1, 7], [2, 7], [5], [3, 4, 7]])
  const page = pages.get(3)
  expect(pages.own(3)).toBe(page)
})

test('nothing is copied any more when an image is given up', () => {
  const pages = some()
  const image = new ImageWriter()
  pages.save(image)
  for (const _ of image.parts()) break
  const page = pages.get(3)
  expect(pages.own(3)).toBe(page)
})
