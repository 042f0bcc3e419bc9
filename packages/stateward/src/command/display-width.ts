const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const plain = /^[\u0020-\u007e\u00a0-\u02ff]*$/
const pictograph = /\p{Emoji_Presentation}|\ufe0f/u
const invisible = /^[\p{Mark}\p{Format}]+$/u
/** The blocks of East Asian Wide and Fullwidth characters. Source: Unicode 15.1, EastAsianWidth.txt. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u

/** How many columns of a terminal a text without control characters takes. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += widthOf(segment)
  return width
}

function widthOf(grapheme: string): number {
  if (invisible.test(grapheme)) return 0
  return wide.test(grapheme) || pictograph.test(grapheme) ? 2 : 1
}

/** The text in at most `columns` columns: whole, or cut between characters with `…` behind. */
export function fitted(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  if (columns <= 0) return ''
  let kept = ''
  let width = 1
  for (const { segment } of segmenter.segment(text)) {
    width += widthOf(segment)
    if (width > columns) break
    kept += segment
  }
  return `${kept}…`
}
