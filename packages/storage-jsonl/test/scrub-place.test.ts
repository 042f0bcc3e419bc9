import { expect, test } from 'vitest'
import { decodePlace, encodePlace, type PlaceInFile } from '../src/maintenance/scrub-place.ts'

const place: PlaceInFile = {
  file: 'log-00000001.jsonl',
  of: 'crc',
  until: 'base',
  byte: 9,
  line: 2,
  lastSeq: 1,
  crc: 7,
}

test('where a scrub was comes back as it was, and anything else begins a new pass', () => {
  const given = JSON.parse(JSON.stringify(encodePlace(place)))
  expect(decodePlace(given)).toEqual(place)
  expect(decodePlace({ ...given, more: true })).toEqual(place)
  expect(decodePlace(undefined)).toBeUndefined()
  for (const key of Object.keys(place)) {
    for (const wrong of [undefined, null, -1, 0.5, [], {}])
      expect(decodePlace({ ...given, [key]: wrong }), `${key} ${wrong}`).toBeUndefined()
  }
})
