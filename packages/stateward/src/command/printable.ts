// Control characters, line separators, and marks that turn the direction of what follows.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/**
 * A text from a record as it may stand on a terminal: on one line, and without anything that could move the cursor,
 * change colours or write something else than it says.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (char) => {
    if (char === '\n') return '⏎'
    if (char === '\t') return ' '
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
