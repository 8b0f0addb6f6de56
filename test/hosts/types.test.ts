// What the published declarations allow and refuse, by the compilers that their users run.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { root } from '../support/process.ts'

const TYPES = path.join(root, 'test/types')
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

/** Every entry that a page may import. */
const ENTRIES = Object.keys(exports)
  .filter((entry) => exports[entry].types && entry !== './server')
  .map((entry) => path.posix.join('didit-verify', entry))

describe('the declarations', () => {
  for (const { what, args } of [
    { what: 'React 19, the bare tag, plain TypeScript, Next.js', args: tsc('tsconfig.json') },
    { what: 'React 18', args: tsc('tsconfig.react-18.json') },
    { what: 'Vue', args: [tool('vue-tsc/bin/vue-tsc.js'), '-p', path.join(TYPES, 'vue')] },
  ]) {
    it(`take what is right and refuse what is wrong: ${what}`, async () => {
      expect(await run(args)).toBe('')
    })
  }

  it('take what is right and refuse what is wrong: Svelte', async () => {
    const tsconfig = ['--tsconfig', './tsconfig.json', '--output', 'machine']
    const args = [tool('svelte-check/bin/svelte-check'), '--workspace', 'test/types/svelte']
    const lines = (await run([...args, ...tsconfig])).split('\n')
    const wrong = lines.filter((line) => / (ERROR|WARNING) /.test(line))
    expect(wrong.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      expect.stringMatching(/^ERROR "Wrong.svelte" 6:\d+ .*"iframe/),
      expect.stringMatching(/^ERROR "Wrong.svelte" 7:\d+ .*'code' does not exist/),
      expect.stringMatching(/^ERROR "Wrong.svelte" 8:\d+ .*start/),
    ])
  })

  for (const entry of ENTRIES) {
    it(`make tag and events known wherever this is imported: ${entry}`, () => {
      expect(diagnose(`import type {} from '${entry}'`)).toEqual([])
    })
  }

  it('know neither tag nor events where nothing is imported', () => {
    expect(diagnose('export {}').length).toBeGreaterThan(0)
  })
})

function tool(file: string): string {
  return path.join(root, 'node_modules', file)
}

function tsc(config: string): string[] {
  return [tool('@typescript/native/bin/tsc'), '-p', path.join(TYPES, config)]
}

/** What a compiler prints, whether or not it is content. */
function run(args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root }, (_error, stdout, stderr) => {
      resolve((stdout + stderr).trim())
    })
  })
}

/** Complaints about a use of tag and events after `head`, and about our declarations themselves. */
function diagnose(head: string): string[] {
  const use = `
    document.createElement('didit-verify').start()
    addEventListener('didit-complete', ({ outcome }) => outcome)`
  const file = path.join(TYPES, 'virtual.ts')
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (name) => name === file || fileExists(name)
  host.getSourceFile = (name, target, ...rest) =>
    name === file
      ? ts.createSourceFile(name, `${head}\n${use}`, target)
      : getSourceFile(name, target, ...rest)
  const program = ts.createProgram([file], options, host)
  const ours = program.getSourceFiles().filter(({ fileName }) => isOurs(fileName))
  const found = ours.flatMap((source) => [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ])
  return found.map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${path.basename(file?.fileName ?? '')}: ${text}`
  })
}

const isOurs = (file: string) =>
  path.basename(file) === 'virtual.ts' || file.startsWith(path.join(root, 'dist'))
