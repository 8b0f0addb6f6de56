import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { VariableName } from '../config.ts'
import type { Command, Flag } from './command.ts'
import { didYouMean } from './nearest.ts'
import { UsageError } from './usage.ts'

/** Flags that every command has. */
export const EVERYWHERE = {
  json: { kind: 'switch', help: 'For programs: JSON, and nothing else on standard output.' },
  'show-secrets': { kind: 'switch', help: 'Prints keys, tokens and secrets that are hidden else.' },
  help: { kind: 'switch', help: 'What the command does and takes.' },
} as const satisfies Record<string, Flag>

/** Flags of the commands that go through the operator API. */
export const THROUGH_SERVER = {
  server: {
    kind: 'text',
    value: 'URL',
    help: 'Goes through the operator API of this didit-verify server, which then knows at once.',
  },
  token: {
    kind: 'secret',
    value: 'TOKEN',
    help: 'The operator token for --server.',
    env: 'DIDIT_OPERATOR_TOKEN',
  },
} as const satisfies Record<string, Flag>

/** Of commands that cannot be undone. */
export const SURE = {
  yes: { kind: 'switch', help: 'Does it, although it cannot be undone.' },
} as const satisfies Record<string, Flag>

/** A line as it was read. */
export interface Line {
  /** Arguments and flags by their names. */
  input: Record<string, unknown>
  /** What problems of a field are called after, for people: a flag, an argument or a variable. */
  labels: ReadonlyMap<string, string>
  json: boolean
  showSecrets: boolean
  server: string | undefined
  token: string | undefined
}

/** What reading a line needs beside it. */
export interface Sources {
  variable(name: VariableName): unknown
  /** Reads a secret that was not given. */
  ask(prompt: string): Promise<string>
}

/** Every flag of a command. */
export function flagsOf(command: Command): Record<string, Flag> {
  return {
    ...command.flags,
    ...(command.destroys && SURE),
    ...(command.server && THROUGH_SERVER),
    ...EVERYWHERE,
  }
}

/**
 * Reads the arguments and flags of a command.
 *
 * @throws {UsageError} for the first thing that is wrong.
 */
export async function read(
  name: string,
  command: Command,
  rest: readonly string[],
  sources: Sources,
): Promise<Line> {
  const flags = flagsOf(command)
  const { words, given } = split(name, command, rest, flags)
  const input: Record<string, unknown> = {}
  const labels = new Map<string, string>()

  const expected = Object.entries(command.args)
  for (const [at, [key, argument]] of expected.entries()) {
    const label = key.toUpperCase()
    const values = argument.many ? words.slice(at) : words.slice(at, at + 1)
    let value: unknown = argument.many ? values : values[0]
    let called = label
    if (value === undefined && argument.env) {
      value = sources.variable(argument.env)
      called = argument.env
    }
    if (value === undefined && !argument.optional) {
      const or = argument.env ? `, or set ${argument.env}` : ''
      throw new UsageError(`${label} is missing${or}. ${usageOf(name, command)}`)
    }
    input[key] = value
    for (const field of fieldsOf(argument.field)) labels.set(field, called)
  }
  const last = expected.at(-1)?.[1]
  if (words.length > expected.length && !last?.many) {
    const extra = words[expected.length]
    throw new UsageError(`${quoted(extra)} is too much. ${usageOf(name, command)}`)
  }

  for (const [key, flag] of Object.entries(flags)) {
    let label = `--${key}`
    let value = await readValue(label, flag, given.get(key), sources)
    if (value === undefined && flag.env) {
      value = sources.variable(flag.env)
      if (value !== undefined) label = flag.env
    }
    if (value === undefined && flag.required) {
      if (flag.kind === 'secret') value = (await sources.ask(promptFor(key))) || undefined
      if (value === undefined) {
        const or = flag.env ? `, or set ${flag.env}` : ''
        throw new UsageError(`--${key} is missing. Give --${key} ${flag.value ?? ''}${or}.`)
      }
    }
    input[key] = flag.kind === 'switch' ? value === true : value
    // A flag that was not given explains no problem with a field that another one fills.
    for (const field of fieldsOf(flag.field)) {
      if (given.has(key) || !labels.has(field)) labels.set(field, label)
    }
  }
  const { json, 'show-secrets': showSecrets, server, token } = input
  return {
    input,
    labels,
    json: json === true,
    showSecrets: showSecrets === true,
    server: server as string | undefined,
    token: token as string | undefined,
  }
}

/** `didit-verify sessions approve ID [flags]`. */
export function usageOf(name: string, { args }: Command): string {
  const names = Object.entries(args).map(([key, { optional, many, env }]) => {
    const label = key.toUpperCase() + (many ? ' …' : '')
    return optional || env || many ? `[${label}]` : label
  })
  return ['Usage: didit-verify', name, ...names, '[flags]'].join(' ')
}

type Texts = Map<string, (string | undefined)[]>

/** Takes a line apart. Everything that is not a flag's value is a word. */
function split(
  name: string,
  command: Command,
  rest: readonly string[],
  flags: Readonly<Record<string, Flag>>,
): { words: string[]; given: Texts } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([key, { kind }]) => [
      key,
      { type: kind === 'switch' ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  )
  // Not strict: what is wrong is said here, with what was meant.
  const { tokens } = parseArgs({ args: [...rest], options, strict: false, tokens: true })
  const words: string[] = []
  const given: Texts = new Map()
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (!flag) throw new UsageError(unknown(name, command, token.rawName, flags))
    const { rawName, value, inlineValue } = token
    if (flag.kind === 'switch' && value !== undefined) {
      throw new UsageError(`${rawName} takes no value. Write ${rawName} alone.`)
    }
    const dash = value?.startsWith('-') && value !== '-' && !inlineValue
    if (flag.kind !== 'switch' && (value === undefined || value === '' || dash)) {
      const shown = flag.kind === 'secret' ? flag.value : value
      const how = dash ? ` For one that begins with a dash write ${rawName}=${shown}.` : ''
      throw new UsageError(`${rawName} wants a value: ${rawName} ${flag.value ?? 'TEXT'}.${how}`)
    }
    const values = given.get(token.name) ?? []
    if (values.length > 0 && flag.kind !== 'list' && flag.kind !== 'switch') {
      throw new UsageError(`${rawName} is there twice. Give it once.`)
    }
    given.set(token.name, [...values, value])
  }
  return { words, given }
}

function unknown(
  name: string,
  command: Command,
  rawName: string,
  flags: Readonly<Record<string, Flag>>,
): string {
  if (!command.server && /^--(server|token)$/.test(rawName)) {
    return `${name} does not go through the operator API. Leave --server and --token out to ask Didit itself.`
  }
  const meant = didYouMean(rawName.replace(/^-+/, ''), Object.keys(flags), '--')
  return `${name} has no flag ${rawName}.${meant} See didit-verify ${name} --help.`
}

async function readValue(
  label: string,
  { kind }: Flag,
  texts: readonly (string | undefined)[] | undefined,
  { ask }: Sources,
): Promise<unknown> {
  const text = texts?.at(-1)
  if (texts === undefined) return undefined
  if (kind === 'switch') return true
  if (kind === 'list') {
    return texts.flatMap((each) => (each ?? '').split(',').map((part) => part.trim()))
  }
  if (kind === 'number') {
    if (/^-?\d+(\.\d+)?$/.test(text ?? '')) return Number(text)
    throw new UsageError(`${label} is not a number. Write digits, like ${label} 10.`)
  }
  if (kind === 'secret' && text === '-') return (await ask(promptFor(label))) || undefined
  return kind === 'json' ? readJson(label, text ?? '') : text
}

function readJson(label: string, text: string): unknown {
  const from = text.startsWith('@') ? text.slice(1) : undefined
  let written = text
  try {
    if (from !== undefined) written = readFileSync(from, 'utf8')
  } catch (cause) {
    throw new UsageError(`${label} cannot be read. Is there a file ${quoted(from)}?`, { cause })
  }
  try {
    return JSON.parse(written)
  } catch (cause) {
    const how = `Write it as ${label} '{"a": 1}', or ${label} @file.json.`
    throw new UsageError(`${label} is not JSON. ${how}`, { cause })
  }
}

function promptFor(name: string): string {
  const words = name.replace(/^-+/, '').replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: `
}

function fieldsOf(field: string | readonly string[] | undefined): readonly string[] {
  return field === undefined ? [] : [field].flat()
}

function quoted(text: string | undefined): string {
  return JSON.stringify(text ?? '')
}
