import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/workspace.mjs'
import { manyTypes } from './many-types.ts'

/** What the compiler says of a program. Instantiations and types are the same on every machine, the rest is not. */
export interface TypeCost {
  readonly instantiations: number
  readonly types: number
  readonly memoryKb: number
  readonly checkSeconds: number
}

/** Checks a domain of so many types, and a program that uses all of them, with one thread. Throws what does not compile. */
export function typeCost(count: number): TypeCost {
  const folder = mkdtempSync(join(tmpdir(), 'stateward-types-'))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    writeFileSync(join(folder, 'domain.ts'), manyTypes(count))
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
    const arguments_ = ['-p', folder, '--extendedDiagnostics', '--singleThreaded', '--pretty', 'false']
    const { stdout, status } = spawnSync(join(root, 'node_modules/.bin/tsc'), arguments_, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`expected a domain of ${count} types to compile, found:\n${stdout}`)
    const figure = (name: string): number => {
      const found = new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1]
      if (found === undefined) throw new Error(`expected the compiler to say "${name}", found:\n${stdout}`)
      return Number(found)
    }
    return {
      instantiations: figure('Instantiations'),
      types: figure('Types'),
      memoryKb: figure('Memory used'),
      checkSeconds: figure('Check time'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const settings = {
  extends: join(root, 'tsconfig.base.json'),
  files: ['domain.ts'],
  compilerOptions: {
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { '@stateward/*': [join(root, 'packages/*/src/index.ts')] },
  },
}
