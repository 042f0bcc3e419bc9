const name = 'DamagedImage'

/** An image does not hold what it should; thrown also long after it was loaded, by what reads a piece of it then. */
export class DamagedImage extends Error {
  override readonly name: string = name

  /** @param found what is there instead */
  constructor(found: string, options?: ErrorOptions) {
    super(`expected the image of an index or a table, found ${found}`, options)
  }
}

/** Whether something failed because of one, as thrown or as the cause of what was made of it. */
export function isDamagedImage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === name || (error.cause !== undefined && isDamagedImage(error.cause))
}
