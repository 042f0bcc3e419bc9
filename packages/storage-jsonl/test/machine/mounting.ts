import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as nextLook } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const unmountTries = 100
const retryMs = 20

/** Runs a command of the system to its end; rejects with what it said when it fails. */
async function command(name: string, ...args: readonly string[]): Promise<void> {
  await execute(name, [...args])
}

export type Source = { readonly image: string } | { readonly tmpfsBytes: number }

/** Mounts what a test needs and takes all of it down again, whatever has happened in between. */
export class Mounts {
  readonly folder: string
  #places: string[] = []

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `stateward-${name}-`))
  }

  /** Mounts an ext4 image (on a loop device of its own) or a small file system in memory. Resolves with the place. */
  async mount(name: string, source: Source, ...options: readonly string[]): Promise<string> {
    const place = join(this.folder, name)
    mkdirSync(place, { recursive: true })
    if ('image' in source) await command('mount', '-t', 'ext4', '-o', ['loop', ...options].join(), source.image, place)
    else await command('mount', '-t', 'tmpfs', '-o', [`size=${source.tmpfsBytes}`, ...options].join(), 'tmpfs', place)
    this.#places.push(place)
    return place
  }

  /** A process that is being started somewhere holds every open file for a moment, and what holds a file is busy: so it is tried again. */
  async unmount(place: string): Promise<void> {
    for (let left = unmountTries; ; left--) {
      const failure = await command('umount', place).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failure === undefined) break
      if (left === 0 || !String(failure).includes('busy')) throw failure
      await nextLook(retryMs)
    }
    this.#places = this.#places.filter((other) => other !== place)
  }

  /** Takes everything down, the last first. What is still in use goes as soon as it is not. */
  dispose(): void {
    for (const place of this.#places.reverse()) spawnSync('umount', ['--lazy', place])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Why this machine cannot mount such a thing for a test, in words; `undefined` when it can. Looked at by doing it. */
export async function whyNoMounts(kind: 'image' | { readonly tmpfsBytes: number }): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux mounts what this needs'
  if (process.getuid?.() !== 0) return 'mounting needs root'
  installOnce(['mkfs.ext4', 'e2fsprogs'], ['mount', 'util-linux'])
  const mounts = new Mounts('probe')
  try {
    const path = join(mounts.folder, 'probe.img')
    const source = kind === 'image' ? { image: await makeImage(path, { megabytes: 2, blockBytes: 1_024 }) } : kind
    await mounts.unmount(await mounts.mount('probe', source))
    return undefined
  } catch (error) {
    return `this machine cannot mount what it needs: ${error instanceof Error ? error.message.trim() : error}`
  } finally {
    mounts.dispose()
  }
}

export interface ImageShape {
  readonly megabytes: number
  readonly blockBytes: number
}

/** Makes an empty ext4 image. Resolves with its path. */
export async function makeImage(path: string, { megabytes, blockBytes }: ImageShape): Promise<string> {
  rmSync(path, { force: true })
  await command('truncate', '-s', `${megabytes}M`, path)
  // Everything of the file system's own is written now: nothing but the test is on the disk later.
  const ready = 'lazy_itable_init=0,lazy_journal_init=0,nodiscard'
  await command('mkfs.ext4', '-q', '-F', '-b', `${blockBytes}`, '-E', ready, path)
  return path
}

/** Tries to install the Debian packages of commands that are missing; that it cannot is no failure. */
function installOnce(...wanted: readonly (readonly [name: string, debianPackage: string])[]): void {
  const missing = wanted.filter(([name]) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  if (missing.length === 0 || process.getuid?.() !== 0) return
  const install = ['install', '--yes', '--no-install-recommends', ...missing.map(([, from]) => from)]
  const options = { stdio: 'ignore', timeout: 30_000 } as const
  if (spawnSync('apt-get', install, options).status === 0) return
  spawnSync('apt-get', ['update'], options)
  spawnSync('apt-get', install, options)
}
