/** Lets those who come pass, or keeps them waiting until it is opened. */
export class Gate {
  #closed: { readonly opening: Promise<void>; readonly open: () => void } | undefined

  /** Settles when it is opened; `undefined` while it is open. */
  get opening(): Promise<void> | undefined {
    return this.#closed?.opening
  }

  close(): void {
    if (this.#closed !== undefined) return
    let open = (): void => undefined
    const opening = new Promise<void>((resolve) => {
      open = resolve
    })
    this.#closed = { opening, open }
  }

  /** Those who wait go on in the order in which they came. */
  open(): void {
    this.#closed?.open()
    this.#closed = undefined
  }
}
