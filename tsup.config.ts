import { existsSync } from 'node:fs'
import { defineConfig } from 'tsup'

/**
 * One configuration for every package: `tsup --config ../../tsup.config.ts`, run in the package's folder.
 * `src/index.ts` is the library; `src/testing.ts`, where there is one, what its users test
 * with; `src/main.ts`, where there is one, is what a command in `bin/` imports.
 * Declarations come from `tsc`: TypeScript 7 has no compiler API for tsup to call.
 */
export default defineConfig({
  entry: ['src/index.ts', 'src/testing.ts', 'src/main.ts'].filter((file) => existsSync(file)),
  format: ['esm'],
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  clean: true,
  dts: false,
})
