import { parseArgs } from 'node:util'
import { runDemo } from './demo.ts'
import { sampleLines } from './first-lines.ts'
import { InputError, inputFrom } from './input.ts'
import { palette } from './paint.ts'
import { Screen } from './screen.ts'
import { tryNext } from './try-next.ts'

const usage = `npm start                 the demo, in a fresh directory
npm start -- <directory>  in a directory of yours, beside what it holds
npm start -- <file>       with a file of yours: JSON lines, plain records or in the form of the log
`

const screen = new Screen(process.stdout)
const { stdout, env } = process
const paint = palette(stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb')
const ctrlC = new AbortController()
process.once('SIGINT', () => ctrlC.abort())
// Whoever piped us into something that has closed has seen enough.
stdout.on('error', () => process.exit(0))

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, 'step-ms': { type: 'string' }, 'burst-ms': { type: 'string' } },
  })
  if (values.help === true) {
    stdout.write(usage)
  } else {
    if (positionals.length > 1) throw new InputError(`expected at most one path, found ${positionals.length}`)
    // npm runs scripts at the root of the repository, and tells where it was called.
    const input = inputFrom(positionals[0], env.INIT_CWD ?? process.cwd())
    const stepMs = Number(values['step-ms'] ?? 60)
    const burstMs = Number(values['burst-ms'] ?? 700)
    const end = await runDemo({ input, screen, paint, stepMs, burstMs, signal: ctrlC.signal })
    for (const line of tryNext({
      dir: input.dir,
      specId: end.specId,
      lines: sampleLines(input.dir, end.specId),
      columns: screen.columns,
      paint,
    }))
      screen.say(line)
    process.exitCode = end.holds ? 0 : 1
  }
} catch (error) {
  screen.leave()
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (ctrlC.signal.aborted) process.exitCode = 130
  else {
    process.stderr.write(`${typeof code === 'string' ? `${code}  ` : ''}${String(message ?? error)}\n`)
    if (error instanceof InputError) process.stderr.write(usage)
    process.exitCode = error instanceof InputError ? 2 : 1
  }
}
