import { hash } from './hash.ts'

const words = (
  'state plan spec phase run write read sync log line store index query cache actor group commit record order time ' +
  'page disk batch loop worker agent task review release build check deploy measure compare recover replay'
).split(' ')

const texts = 256

/** So many texts of exactly `chars` characters, chosen by `choose`; the same for the same seed. */
export class Texts {
  readonly #texts: readonly string[]

  constructor(seed: number, chars: number) {
    this.#texts = Array.from({ length: texts }, (_, at) => textOf(hash(seed, at, chars), chars))
  }

  choose(bits: number): string {
    return this.#texts[bits % texts] ?? ''
  }
}

function textOf(seed: number, chars: number): string {
  let text = ''
  for (let at = 0; text.length < chars; at++) text += `${words[hash(seed, at, 7) % words.length]} `
  return text.slice(0, chars - 1).padEnd(chars, '.')
}
