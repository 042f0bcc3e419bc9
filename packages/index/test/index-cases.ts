import type { FieldKind } from '@stateward/contract'
import type { IdTable } from '../src/ids/id-table.ts'
import { compoundIndex } from '../src/indexes/compound-index.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import type { FieldIndex } from '../src/indexes/field-index.ts'
import { orderedIndex } from '../src/indexes/ordered-index.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'
import type { ScanIndexOptions } from './scan-index.ts'

/** An index of each kind, and how to find out slowly what it should answer. */
export interface Case {
  readonly title: string
  readonly scan: ScanIndexOptions
  make(ids: IdTable | undefined): FieldIndex
}

const kinds: readonly FieldKind[] = ['value', 'time']
const sharing = (ids: IdTable | undefined) => (ids === undefined ? {} : { ids })

export const cases: readonly Case[] = [
  ...kinds.flatMap((kind): Case[] => [
    {
      title: `equality on a ${kind}`,
      scan: { fields: ['at'], kinds: [kind], equal: 1 },
      make: () => equalityIndex({ name: 'at', field: 'at', kind }),
    },
    {
      title: `order on a ${kind}`,
      scan: { fields: ['at'], kinds: [kind], equal: 0 },
      make: (ids) => orderedIndex({ name: 'at order', field: 'at', kind, ...sharing(ids) }),
    },
    {
      title: `equality, then order on a ${kind}`,
      scan: { fields: ['status', 'at'], kinds: ['value', kind], equal: 1 },
      make: (ids) =>
        compoundIndex({ name: 'status+at', fields: ['status', 'at'], kinds: ['value', kind], ...sharing(ids) }),
    },
  ]),
  {
    title: 'equality on a field that objects inherit',
    scan: { fields: ['constructor'], kinds: ['value'], equal: 1 },
    make: () => equalityIndex({ name: 'constructor', field: 'constructor', kind: 'value' }),
  },
  {
    title: 'equality on two fields, then order',
    scan: { fields: ['status', 'at', 'owner'], kinds: ['value', 'time', 'value'], equal: 2 },
    make: (ids) =>
      compoundIndex({
        name: 'three',
        fields: ['status', 'at', 'owner'],
        kinds: ['value', 'time', 'value'],
        ...sharing(ids),
      }),
  },
  {
    title: 'order of ids',
    scan: { fields: ['id'], kinds: ['value'], equal: 0 },
    make: (ids) => orderedIndex({ name: 'id order', field: 'id', kind: 'value', ...sharing(ids) }),
  },
  {
    title: 'relation',
    scan: { fields: ['owner'], kinds: ['value'], equal: 1, elements: true },
    make: () => relationIndex({ name: 'owner →', field: 'owner' }),
  },
]
