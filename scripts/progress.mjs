const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined

/** @param {number} code @param {string} text */
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/**
 * One line on what is going on.
 * @param {string} text
 */
export const say = (text) => {
  process.stdout.write(`${text}\n`)
}

/**
 * One line on a step that ended: a mark, its name, its time.
 * @param {boolean} ok @param {string} name @param {number} ms @param {string} [remark]
 */
export const sayDone = (ok, name, ms, remark = '') => {
  const mark = ok ? paint(32, '✓') : paint(31, '✗')
  say(`${mark} ${name.padEnd(34)} ${seconds(ms).padStart(8)}${remark === '' ? '' : `  ${remark}`}`)
}

/**
 * Says every ten seconds that a long step is still going on; call what it returns when the step has ended.
 * @param {() => string} text
 * @returns {() => void}
 */
export const heartbeat = (text) => {
  const started = performance.now()
  const timer = setInterval(() => say(`  … ${text()} (${seconds(performance.now() - started)} so far)`), 10_000)
  return () => clearInterval(timer)
}
