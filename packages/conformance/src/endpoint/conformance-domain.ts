import { type Domain, defineDomain, type Entity, entity, type Guard, type Rule } from '@stateward/contract'
import { oneOf, plainSchema, slowSchema, text, textList, wholeNumber } from './plain-schema.ts'

interface Author {
  readonly name: string
  readonly status?: 'active' | 'closed'
}

interface Book {
  readonly title: string
  readonly author_id?: string
  readonly editors?: readonly string[]
  readonly sequel_of?: string
  readonly pages?: number
  readonly due?: string
  readonly status?: 'draft' | 'published' | 'retired'
}

interface Review {
  readonly book_id: string
  readonly rating: number
  readonly words?: string
}

interface Mark {
  readonly target_type: string
  readonly target_id: string
}

interface Note {
  readonly text: string
  readonly delay_ms?: number
}

interface Item {
  readonly n?: number
  readonly s?: string
  readonly list?: readonly string[]
  readonly when?: string
  readonly flag?: boolean
  readonly parent?: string
}

interface Member {
  readonly email?: unknown
  readonly team?: unknown
  readonly seat?: unknown
  readonly joined?: unknown
  readonly boss?: string
}

/** Types of the domain that `testEndpoint` speaks to. */
export interface ConformanceEntities extends Readonly<Record<string, Entity>> {
  readonly author: Entity<Author, Author, 'uuidv7'>
  readonly book: Entity<Book, Book, 'string'>
  readonly review: Entity<Review, Review, 'uuidv7'>
  readonly mark: Entity<Mark, Mark, 'string'>
  readonly note: Entity<Note, Note, 'string'>
  readonly item: Entity<Item, Item, 'string'>
  readonly member: Entity<Member, Member, 'string'>
}

/** An author closes only when no book of theirs is a draft; a cascade retires those. */
const nothingLeftInDraft: Guard = {
  check: ({ after, before }, reader) => {
    if (after?.status !== 'closed' || before?.status === 'closed') return undefined
    const drafts = reader.referring('book', 'author_id', after.id).filter(({ status }) => status === 'draft')
    if (drafts.length === 0) return undefined
    return {
      code: 'RESTRICTED',
      message: `author ${after.id} has ${drafts.length} books in draft`,
      details: { drafts: drafts.map(({ id }) => id) },
    }
  },
  cascade: ({ after }, reader) =>
    reader
      .referring('book', 'author_id', after?.id ?? '')
      .filter(({ status }) => status === 'draft')
      .map(({ id }) => ({ type: 'book', id, changes: { status: 'retired' } })),
}

const noReviewOfRetired: Rule = ({ after }, reader) => {
  const book = reader.get('book', String(after?.book_id))
  if (book?.status !== 'retired') return undefined
  return { code: 'RESTRICTED', message: `book ${book.id} is retired`, details: { book: book.id } }
}

/**
 * What the endpoint under test must serve: references of every kind, a table of transitions, a rule, a guard with a
 * cascade, ids of both kinds, a schema that answers later (`note`), a type of any fields with many indexes (`item`), and one of
 * which values may occur only once (`member`).
 */
export const conformanceDomain: Domain<ConformanceEntities> = defineDomain<ConformanceEntities>({
  author: entity({
    schema: plainSchema<Author>({ required: { name: text }, optional: { status: oneOf('active', 'closed') } }),
    indexes: ['name'],
    status: { field: 'status', initial: 'active', transitions: { active: ['closed'], closed: ['active'] } },
    guards: [nothingLeftInDraft],
  }),
  book: entity({
    schema: plainSchema<Book>({
      required: { title: text, pages: wholeNumber },
      optional: {
        author_id: text,
        editors: textList,
        sequel_of: text,
        due: text,
        status: oneOf('draft', 'published', 'retired'),
      },
      defaults: { pages: 0 },
    }),
    id: 'string',
    indexes: ['author_id', ['status', 'updated_at'], 'pages', 'due'],
    refs: { author_id: 'author', editors: 'author', sequel_of: { to: 'book', onDelete: 'keep' } },
    times: ['due'],
    status: {
      field: 'status',
      initial: 'draft',
      transitions: { draft: ['published', 'retired'], published: ['retired'], retired: ['draft'] },
    },
  }),
  review: entity({
    schema: plainSchema<Review>({ required: { book_id: text, rating: wholeNumber }, optional: { words: text } }),
    indexes: ['book_id', ['book_id', 'rating']],
    refs: { book_id: 'book' },
    fields: ['book_id', 'rating', 'words'],
    rules: [noReviewOfRetired],
  }),
  mark: entity({
    schema: plainSchema<Mark>({ required: { target_type: text, target_id: text } }),
    id: 'string',
    refs: { target_id: { to: { typeField: 'target_type', types: ['author', 'book'] }, onDelete: 'restrict' } },
  }),
  note: entity({
    schema: slowSchema(plainSchema<Note>({ required: { text }, optional: { delay_ms: wholeNumber } })),
    id: 'string',
  }),
  item: entity({
    schema: plainSchema<Item>({}),
    id: 'string',
    indexes: ['n', 's', ['s', 'n'], 'when', 'flag', ['flag', 's', 'when']],
    refs: { parent: 'item' },
    times: ['when'],
  }),
  member: entity({
    schema: plainSchema<Member>({}),
    id: 'string',
    unique: ['email', ['team', 'seat'], 'joined'],
    refs: { boss: 'member' },
    times: ['joined'],
  }),
})
