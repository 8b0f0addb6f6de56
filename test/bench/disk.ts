// What the disk can do at most: how often a second something is written and flushed to it.

import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'

/** A page of a database. */
const PAGE = Buffer.alloc(4096, 1)

/** Writes to the end of a file and flushes it, again and again. @returns how often a second. */
export function flushesPerSecond(folder: string, seconds: number): number {
  const file = path.join(folder, 'flushed')
  const handle = openSync(file, 'w')
  const start = performance.now()
  let count = 0
  let passed = 0
  while (passed < seconds) {
    writeSync(handle, PAGE)
    fdatasyncSync(handle)
    count++
    passed = (performance.now() - start) / 1000
  }
  closeSync(handle)
  rmSync(file)
  return count / passed
}
