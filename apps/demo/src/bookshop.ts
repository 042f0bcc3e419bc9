/** One piece of work of the plan that the demo carries through. */
export interface Work {
  readonly name: string
  /** Names of those that must be completed before. */
  readonly after: readonly string[]
  /** Attempts that fail before one succeeds; absent: none. `always`: none succeeds. */
  readonly fails?: number | 'always'
}

export interface Area {
  readonly name: string
  readonly work: readonly Work[]
}

export const planName = 'Open the bookshop online'

/** What a spec goes through; the shorter ones leave out the last. */
export const phaseNames = ['Design', 'Build', 'Check'] as const

/** A plan of 31 specs, by area, each behind those that it waits for. */
export const bookshop: readonly Area[] = [
  {
    name: 'Foundation',
    work: [
      { name: 'Repository', after: [] },
      { name: 'Design system', after: [] },
      { name: 'Domain model', after: ['Repository'] },
      { name: 'Test bench', after: ['Repository'] },
      { name: 'Storage layer', after: ['Domain model'] },
    ],
  },
  {
    name: 'Catalogue',
    work: [
      { name: 'Book records', after: ['Storage layer'] },
      { name: 'Author pages', after: ['Book records', 'Design system'] },
      { name: 'Full-text search', after: ['Book records'], fails: 1 },
      { name: 'Cover images', after: ['Book records'] },
      { name: 'Recommendations', after: ['Full-text search', 'Author pages'] },
    ],
  },
  {
    name: 'Basket',
    work: [
      { name: 'Basket model', after: ['Domain model'] },
      { name: 'Price rules', after: ['Basket model'] },
      { name: 'Stock check', after: ['Book records', 'Basket model'] },
      { name: 'Vouchers', after: ['Price rules'], fails: 'always' },
      { name: 'Basket pages', after: ['Basket model', 'Design system'] },
    ],
  },
  {
    name: 'Payment',
    work: [
      { name: 'Provider', after: ['Storage layer'] },
      { name: 'Card payment', after: ['Provider', 'Price rules'], fails: 1 },
      { name: 'Invoices', after: ['Provider'] },
      { name: 'Refunds', after: ['Card payment'] },
      { name: 'Fraud checks', after: ['Card payment'] },
    ],
  },
  {
    name: 'Delivery',
    work: [
      { name: 'Address book', after: ['Storage layer'] },
      { name: 'Carriers', after: ['Address book'] },
      { name: 'Parcel tracking', after: ['Carriers'] },
      { name: 'Pick and pack', after: ['Stock check', 'Carriers'] },
      { name: 'Returns', after: ['Pick and pack', 'Refunds'] },
    ],
  },
  {
    name: 'Customers',
    work: [
      { name: 'Sign-in', after: ['Storage layer'] },
      { name: 'Order history', after: ['Sign-in', 'Card payment'] },
      { name: 'Wish list', after: ['Sign-in', 'Book records'] },
      { name: 'Privacy export', after: ['Sign-in'] },
    ],
  },
  {
    name: 'Launch',
    work: [
      { name: 'Load test', after: ['Basket pages', 'Card payment', 'Pick and pack'] },
      {
        name: 'Opening day',
        after: ['Load test', 'Recommendations', 'Fraud checks', 'Parcel tracking', 'Order history'],
      },
    ],
  },
]

/** How many attempts at a spec are to go wrong: the plan is written with its records. */
export function failuresOf(spec: object): number {
  const fails = 'fails' in spec ? spec.fails : undefined
  if (fails === 'always') return Number.POSITIVE_INFINITY
  return typeof fails === 'number' ? fails : 0
}
