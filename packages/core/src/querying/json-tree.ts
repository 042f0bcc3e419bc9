interface Node<T> {
  /** What the first branch is called: most have one only. */
  key: unknown
  first: Node<T> | undefined
  others: Map<unknown, Node<T>> | undefined
  value: T | undefined
}

const list = Symbol('list')
const object = Symbol('object')
const end = Symbol('end')

/** What a branch takes, in characters: beside the texts that it is called by. */
const branchChars = 50

/**
 * Something by JSON values, found by walking through the value: nothing is written out for it. Two values lead to the same if
 * `JSON.stringify` gives the same text for them.
 */
export class JsonTree<T> {
  readonly #root: Node<T> = newNode()
  readonly #maxDepth: number
  size = 0
  /** About how much it holds, as characters of text. */
  chars = 0

  /** @param maxDepth of a value that is looked at */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  /** Whether the text of a value says all of it; what JSON would leave out or change leads nowhere. */
  takes(value: unknown): boolean {
    return this.#walk(this.#root, value, 1, (from) => from) !== undefined
  }

  /** `undefined` too for what JSON would leave out or change; of every part the value is read once. */
  get(value: unknown): T | undefined {
    return this.#walk(this.#root, value, 1, follow)?.value
  }

  /** For a value that is made of JSON, and not deeper than is looked at. */
  set(value: unknown, found: T): void {
    const node = this.#walk(this.#root, value, 1, (from, token) => follow(from, token) ?? this.#grow(from, token))
    if (node === undefined) return
    if (node.value === undefined) this.size++
    node.value = found
  }

  #grow(from: Node<T>, token: unknown): Node<T> {
    const node: Node<T> = newNode()
    this.chars += branchChars + (typeof token === 'string' ? token.length : 0)
    if (from.first === undefined) {
      from.key = token
      from.first = node
    } else {
      from.others ??= new Map()
      from.others.set(token, node)
    }
    return node
  }

  #walk(from: Node<T>, value: unknown, depth: number, next: Next<T>): Node<T> | undefined {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return next(from, value)
      case 'number':
        return Number.isFinite(value) ? next(from, value) : undefined
      case 'object':
        if (value === null) return next(from, null)
        return depth < this.#maxDepth && !('toJSON' in value) ? this.#walkIn(from, value, depth, next) : undefined
      default:
        return undefined
    }
  }

  #walkIn(from: Node<T>, value: object, depth: number, next: Next<T>): Node<T> | undefined {
    if (Array.isArray(value)) {
      let node = next(from, list)
      // A loop by index, because `every` would skip the holes of a sparse list.
      for (let at = 0; at < value.length && node !== undefined; at++)
        node = this.#walk(node, value[at], depth + 1, next)
      return node === undefined ? undefined : next(node, end)
    }
    if (!isPlain(value)) return undefined
    let node = next(from, object)
    for (const key in value) {
      node = node === undefined ? undefined : next(node, key)
      if (node === undefined) return undefined
      node = this.#walk(node, value[key], depth + 1, next)
    }
    return node === undefined ? undefined : next(node, end)
  }
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  return Object.getPrototypeOf(value) === Object.prototype
}

type Next<T> = (from: Node<T>, token: unknown) => Node<T> | undefined

function newNode<T>(): Node<T> {
  return { key: undefined, first: undefined, others: undefined, value: undefined }
}

function follow<T>(from: Node<T>, token: unknown): Node<T> | undefined {
  return from.key === token ? from.first : from.others?.get(token)
}
