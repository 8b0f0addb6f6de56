import { existsSync } from 'node:fs'
import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Download } from '../didit/client.ts'
import { UsageError } from './usage.ts'

const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'video/mp4': '.mp4',
}

/**
 * Saves a file as it comes in, readable by its owner only: it is about a person. What fails on the
 * way leaves nothing behind, and what was there before stays.
 *
 * @throws {UsageError} when there is such a file already.
 */
export async function saveDownload(
  begin: () => Promise<Download>,
  { out, force }: { out: string | undefined; force: boolean },
): Promise<{ file: string; bytes: number }> {
  if (out !== undefined && !force && existsSync(out)) throw taken(out)
  const { stream, filename } = await begin()
  const name = out ?? filename
  const target = force ? `${name}.part` : name
  try {
    const bytes = await write(stream, target, force)
    if (force) await rename(target, name)
    return { file: name, bytes }
  } catch (error) {
    await stream.cancel().catch(() => {})
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(name) : error
  }
}

/** Saves each picture under its name in a folder, which is made where it is missing. */
export async function savePictures(
  pictures: ReadonlyMap<string, () => Promise<Response>>,
  { out, force }: { out: string; force: boolean },
): Promise<void> {
  await mkdir(out, { recursive: true, mode: 0o700 })
  for (const [name, begin] of pictures) {
    const response = await begin()
    const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? ''
    const stream = response.body ?? new ReadableStream({ start: (it) => it.close() })
    // Names come from outside: nothing in one leads out of the folder.
    const file = join(
      out,
      name.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_') + (ENDINGS[type] ?? ''),
    )
    await saveDownload(async () => ({ stream, filename: name, type }), { out: file, force })
  }
}

async function write(stream: Download['stream'], target: string, force: boolean): Promise<number> {
  const handle = await open(target, force ? 'w' : 'wx', 0o600)
  let bytes = 0
  try {
    for await (const piece of stream) {
      await handle.writeFile(piece)
      bytes += piece.length
    }
    await handle.close()
    return bytes
  } catch (error) {
    await handle.close()
    await unlink(target)
    throw error
  }
}

function taken(name: string): UsageError {
  return new UsageError(`There is a file ${name} already. Give another --out, or --force.`)
}
