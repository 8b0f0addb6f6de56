// Where programs are.

import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** Whether there is a file that can be run. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Where a program of this name would be, in the order of the PATH. */
export function onPath(name: string): string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return folders.map((folder) => path.join(folder, name + suffix))
}
