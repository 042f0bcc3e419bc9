/** An answer that has something to wait for first: a record that is not in memory, a schema. */
export class Later<T> {
  readonly go: () => Promise<T>

  constructor(go: () => Promise<T>) {
    this.go = go
  }
}
