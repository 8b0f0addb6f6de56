// Installs Debian's packages, where that is possible.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const { env, platform } = process

/** Whether this is a Debian, and its root. */
export function canInstall(): boolean {
  if (platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return false
  }
  // Ubuntu's packages of these names only point at snaps, which do not run everywhere.
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  return /^ID="?debian"?$/m.test(release)
}

/** Installs packages. What they serve is not started. @returns whether all are there now. */
export function install(packages: string[]): boolean {
  console.log(`Installing ${packages.join(', ')} with apt-get; this takes about a minute.`)
  apt('update')
  const { status, output } = apt('install', '-y', '--no-install-recommends', ...packages)
  if (status !== 0) console.error(output.trim().split('\n').slice(-5).join('\n'))
  return status === 0
}

function apt(...args: string[]): { status: number | null; output: string } {
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120']
  const { status, stdout, stderr } = spawnSync('apt-get', [...options, ...args], {
    encoding: 'utf8',
    // With this run level Debian starts no service that it installs.
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { status, output: `${stdout ?? ''}\n${stderr ?? ''}` }
}
