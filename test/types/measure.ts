import { type TypeCost, typeCost } from './type-cost.ts'

// `npm run types`: what the types of a domain cost the compiler, by the number of types.
const rows = [1, 10, 50, 100].map((count) => [count, typeCost(count)] as const)
const line = ([count, cost]: readonly [number, TypeCost]): string =>
  [count, cost.instantiations, cost.types, `${Math.round(cost.memoryKb / 1_024)} MiB`, `${cost.checkSeconds} s`].join(
    ' | ',
  )
console.log(['types of records | instantiations | types | memory | check', ...rows.map(line)].join('\n'))
