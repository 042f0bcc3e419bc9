const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Whether `text` is a UUID of version 7 in the canonical lower-case form: the form of the ids that the store makes, and
 * the only one, because ids are compared as text. Source: RFC 9562, 4 and 5.7.
 */
export function isUuidv7(text: string): boolean {
  return shape.test(text)
}
