/**
 * The messages of an actor: each kind with its question and its answer. The constraint refers to itself
 * (`P extends Protocol<P>`) so that an `interface` can be a protocol too; interfaces have no index signature.
 */
export type Protocol<P = Record<string, unknown>> = {
  readonly [K in keyof P]: { readonly ask: unknown; readonly answer: unknown }
}

/** The names of a protocol's messages. */
export type Kind<P> = keyof P & string
