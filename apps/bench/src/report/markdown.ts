import type { Contender } from '../contender.ts'
import { boundTable } from './bound-table.ts'
import { groupTable } from './group-table.ts'
import { ratioTable } from './ratio-table.ts'
import { shareTable } from './share-table.ts'
import type { Group } from './summary.ts'
import type { Surroundings } from './surroundings.ts'

export interface Report {
  readonly surroundings: Surroundings
  readonly contenders: readonly Contender[]
  readonly groups: readonly Group[]
  readonly rounds: number
  readonly runMs: number
}

/** The whole report: where, who, the ratios, then every figure. */
export function markdown({ surroundings, contenders, groups, rounds, runMs }: Report): string {
  const { date, commit, node, machine, load, fileSystem, code } = surroundings
  return [
    '# Benchmarks\n',
    `${date}, commit ${commit}, Node ${node}, ${machine}, load ${load.toFixed(1)} at the start, ${fileSystem}.`,
    `Measured: ${code === 'built' ? 'what is built' : '**the sources through a loader, not what is built**'}; ` +
      `${rounds} rounds of ${runMs / 1000} s, in turns; medians.\n`,
    '## Who takes part\n',
    ...contenders.map(
      ({ name, title, durability, role }) =>
        `- ${name}: ${title}${role === 'limit' ? '' : `; ${survives[durability]}`}`,
    ),
    '\n## How many times better\n',
    ratioTable(groups),
    `\n${legend}`,
    `\n${boundTable(groups)}`,
    `\n${shareTable(groups)}`,
    '\n## All figures\n',
    ...groups.map(groupTable),
  ].join('\n')
}

const survives: Readonly<Record<Contender['durability'], string>> = {
  power: 'an acknowledged write survives a power cut',
  process: 'an acknowledged write survives the end of the process, not a power cut',
  none: 'nothing survives',
}

/** How to read the tables. */
export const legend: string = [
  '`3.4 × lmdb`: Stateward is 3.4 times better, whichever way better is. `≠`: not the same promise, so not a comparison:',
  'what the other one acknowledges survives less. The bar is the ratio that must hold: ✓ it does, ✗ it does not, ? nobody to',
  'compare with took part. Limits promise nothing and do nothing else. Stalls: the longest time that the event loop stood',
  'still in any round; an idle one shows a little over 1 ms. What is measured beside itself, in turns within one process, stands',
  'in a table of its own: the ratio of the one through the other.',
].join('\n')
