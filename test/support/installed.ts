import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { root } from './process.ts'

const exec = promisify(execFile)

/** A folder of its own with the package as npm would publish it, and the apps of test/hosts. */
export interface Installed {
  folder: string
  remove(): void
}

/**
 * Packs what `npm run build` has made, unpacks it where an app would have it, and links everything
 * else that an app needs to what is installed here: nothing is downloaded.
 *
 * @param instead a folder of packages that are linked instead of those of the same name.
 */
export async function install(instead?: string): Promise<Installed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-hosts-'))
  const modules = path.join(folder, 'node_modules')
  mkdirSync(modules)
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  const { stdout } = await exec('npm', pack, { cwd: root })
  await exec('tar', ['-xzf', path.join(folder, stdout.trim()), '-C', modules])
  renameSync(path.join(modules, 'package'), path.join(modules, 'didit-verify'))
  if (instead) link(instead, modules)
  link(path.join(root, 'node_modules'), modules)
  cpSync(path.join(root, 'test/hosts/apps'), folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Links every package below `from` that is not there yet. */
function link(from: string, to: string): void {
  for (const name of readdirSync(from).filter((entry) => !entry.startsWith('.'))) {
    if (name.startsWith('@')) {
      mkdirSync(path.join(to, name), { recursive: true })
      link(path.join(from, name), path.join(to, name))
    } else if (!readdirSync(to).includes(name)) {
      symlinkSync(path.join(from, name), path.join(to, name), 'junction')
    }
  }
}
