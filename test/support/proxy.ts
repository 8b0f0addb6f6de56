// The proxy of deploy/, where there is an nginx, in front of processes of this machine.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isProgram, onPath } from '../../scripts/programs.ts'
import { freePorts, root } from './process.ts'

const found = [...onPath('nginx'), '/usr/sbin/nginx'].find(isProgram)

/** For the name of a test that cannot run. */
export const NO_NGINX = found ? '' : ' (LEFT OUT: there is no nginx)'

/** Starts it with the configuration as it is, but for where things are. */
export async function startProxy(upstreams: readonly number[]) {
  const [port = 0] = await freePorts(1)
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-nginx-'))
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${path.join(folder, name)};`,
  )
  const config = upstreams
    .reduce(
      (text, upstream, i) => text.replace(`verify${i + 1}:8787`, `127.0.0.1:${upstream}`),
      readFileSync(path.join(root, 'deploy/nginx.conf'), 'utf8'),
    )
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('http {', `http {\n${places.join('\n')}`)
    .replaceAll('/dev/std', path.join(folder, 'std'))
  const file = path.join(folder, 'nginx.conf')
  writeFileSync(file, config)
  const pid = path.join(folder, 'pid')
  const main = `daemon off; pid ${pid}; error_log ${path.join(folder, 'log')};`
  const child = spawn(found ?? '', ['-c', file, '-p', folder, '-g', main], { stdio: 'ignore' })
  const orphaned = () => void child.kill('SIGTERM')
  process.once('exit', orphaned)
  const ended = once(child, 'close')
  const endpoint = `http://127.0.0.1:${port}/api/verify`
  while (
    !(await fetch(`${endpoint}/health`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`nginx did not start with ${file}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    endpoint,
    async stop() {
      child.kill('SIGTERM')
      await ended
      process.off('exit', orphaned)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
