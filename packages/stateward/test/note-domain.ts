import { type Domain, defineDomain, type Entity, entity, type Schema } from '@stateward/contract'

interface Note {
  readonly n: number
}

const schema: Schema<Note, Note> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Note }) },
}

/** One type with one number, under ids that the caller gives. */
export const noteDomain: Domain<{ note: Entity<Note, Note, 'string'> }> = defineDomain({
  note: entity({ schema, id: 'string' }),
})
