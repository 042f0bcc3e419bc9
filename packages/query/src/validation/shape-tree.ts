import { isScalar, type Scalar } from './scalars.ts'

interface Node<T> {
  /** What the first branch is called: most have one only. */
  key: unknown
  first: Node<T> | undefined
  others: Map<unknown, Node<T>> | undefined
  value: T | undefined
}

const list = Symbol('list')
const object = Symbol('object')
const scalars = Symbol('scalars')
const end = Symbol('end')

/** What a branch takes, in characters: beside the texts that it is called by. */
const branchChars = 50
/** Keys of a query whose value is no part of its shape. `where` is one whose scalars are none. */
const valueKeys: ReadonlySet<string> = new Set(['where', 'limit', 'cursor', 'snapshot', 'asOf'])

/**
 * Something by the shapes of queries: two have one shape if they differ in scalars alone that are operands of their filters,
 * limit, cursor, snapshot or moment, each of the same type, and in lists of them, which may be longer or shorter but not
 * empty. Found by walking through the query: nothing is written out, and of every part the value is read once.
 */
export class ShapeTree<T> {
  readonly #root: Node<T> = newNode()
  readonly #maxDepth: number
  /** About how much it holds, as characters of text. */
  chars = 0

  /** @param maxDepth of a query that is looked at: it also ends cycles */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  /** The scalars of a query that are no part of its shape. `undefined` where its text would not say all of it. */
  scalarsOf(query: unknown): readonly Scalar[] | undefined {
    const walk = new Walk<T>(this.#maxDepth, [], true)
    return walk.into(newNode(), query, false, 1) === undefined ? undefined : walk.values
  }

  /**
   * What stands at the shape of this query, whose scalars are put behind those in `values`, of a list its length before them.
   * `undefined` too for what JSON would leave out or change.
   */
  get(query: unknown, values: Scalar[]): T | undefined {
    return new Walk<T>(this.#maxDepth, values, false).into(this.#root, query, false, 1)?.value
  }

  /** For a query that is made of JSON, and not deeper than is looked at. */
  set(query: unknown, found: T): void {
    const walk = new Walk<T>(this.#maxDepth, [], true)
    const node = walk.into(this.#root, query, false, 1)
    this.chars += walk.grown
    if (node !== undefined) node.value = found
  }
}

/** Something by lists of scalars, each of which tells where it ends. */
export class ScalarTree<T> {
  readonly #root: Node<T> = newNode()
  size = 0

  get(values: readonly Scalar[]): T | undefined {
    let node: Node<T> | undefined = this.#root
    for (let at = 0; at < values.length && node !== undefined; at++) node = follow(node, values[at])
    return node?.value
  }

  set(values: readonly Scalar[], found: T): void {
    let node = this.#root
    for (const value of values) {
      let next: Node<T> | undefined = follow(node, value)
      if (next === undefined) {
        next = newNode()
        branch(node, value, next)
      }
      node = next
    }
    if (node.value === undefined) this.size++
    node.value = found
  }
}

class Walk<T> {
  readonly values: Scalar[]
  /** How much was added, as characters of text. */
  grown = 0
  readonly #maxDepth: number
  readonly #grows: boolean

  constructor(maxDepth: number, values: Scalar[], grows: boolean) {
    this.#maxDepth = maxDepth
    this.values = values
    this.#grows = grows
  }

  /** @param isValue whether a scalar here is no part of the shape, but for its type */
  into(from: Node<T>, value: unknown, isValue: boolean, depth: number): Node<T> | undefined {
    if (isScalar(value)) {
      if (!isValue) return this.#next(from, value)
      this.values.push(value)
      return this.#next(from, value === null ? 'null' : typeof value)
    }
    if (typeof value !== 'object' || value === null || depth >= this.#maxDepth || 'toJSON' in value) return undefined
    return Array.isArray(value)
      ? this.#intoList(from, value, isValue, depth)
      : this.#intoObject(from, value, isValue, depth)
  }

  #intoList(from: Node<T>, items: readonly unknown[], isValue: boolean, depth: number): Node<T> | undefined {
    if (isValue && items.length > 0) return this.#intoValues(from, items, depth)
    let node = this.#next(from, list)
    for (let at = 0; at < items.length && node !== undefined; at++)
      node = this.into(node, items[at], isValue, depth + 1)
    return node === undefined ? undefined : this.#next(node, end)
  }

  #intoValues(from: Node<T>, items: readonly unknown[], depth: number): Node<T> | undefined {
    // Of each item the value is read once, for a getter may give another one the next time; and a list may be all holes.
    const copy: unknown[] = []
    for (let at = 0; at < items.length; at++) {
      const item = items[at]
      if (item === undefined) return undefined
      copy.push(item)
    }
    if (copy.every(isScalar)) {
      this.values.push(copy.length)
      for (const item of copy) this.values.push(item)
      return this.#next(from, scalars)
    }
    let node = this.#next(from, list)
    for (const item of copy) node = node === undefined ? undefined : this.into(node, item, true, depth + 1)
    return node === undefined ? undefined : this.#next(node, end)
  }

  #intoObject(from: Node<T>, value: object, isValue: boolean, depth: number): Node<T> | undefined {
    if (!isPlain(value)) return undefined
    let node = this.#next(from, object)
    for (const key in value) {
      // What every object has been given is not what this one says.
      node = node === undefined || !Object.hasOwn(value, key) ? undefined : this.#next(node, key)
      if (node === undefined) return undefined
      node = this.into(node, value[key], isValue || (depth === 1 && valueKeys.has(key)), depth + 1)
    }
    return node === undefined ? undefined : this.#next(node, end)
  }

  #next(from: Node<T>, token: unknown): Node<T> | undefined {
    const there = follow(from, token)
    if (there !== undefined || !this.#grows) return there
    const node: Node<T> = newNode()
    this.grown += branchChars + (typeof token === 'string' ? token.length : 0)
    branch(from, token, node)
    return node
  }
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  return Object.getPrototypeOf(value) === Object.prototype
}

function newNode<T>(): Node<T> {
  return { key: undefined, first: undefined, others: undefined, value: undefined }
}

function follow<T>(from: Node<T>, token: unknown): Node<T> | undefined {
  return from.key === token ? from.first : from.others?.get(token)
}

function branch<T>(from: Node<T>, token: unknown, to: Node<T>): void {
  if (from.first === undefined) {
    from.key = token
    from.first = to
    return
  }
  from.others ??= new Map()
  from.others.set(token, to)
}
