// What a command is: a row of a table, with its arguments and flags, typed by what they are read as.

import type { Given, VariableName } from '../config.ts'
import type { Didit } from '../didit/client.ts'
import type { Timers } from '../options.ts'
import type { Exit } from './exits.ts'
import type { Operator } from './operator.ts'
import type { Paper } from './output.ts'

/** How a flag is read. */
export type Kind = 'switch' | 'text' | 'secret' | 'number' | 'list' | 'json' | 'file'

interface About {
  help: string
  /** What problems with its value are about, in the client's words. */
  field?: string | readonly string[]
  /** The variable that is read where the flag is not given. */
  env?: VariableName
  required?: true
}

export interface Flag extends About {
  kind: Kind
  /** Stands for the value in the help. */
  value?: string
}

export interface Argument extends About {
  optional?: true
  many?: true
}

export type Flags = Readonly<Record<string, Flag>>
export type Arguments = Readonly<Record<string, Argument>>

/** `billing.balance`, …: every method of the client. */
export type Method =
  | 'health'
  | {
      [G in keyof Didit]: Didit[G] extends (...args: never[]) => unknown
        ? never
        : `${G}.${keyof Didit[G] & string}`
    }[keyof Didit]

export interface Command {
  summary: string
  args: Arguments
  flags: Flags
  /** The methods of the client that it may call. A test holds it to that. */
  calls: readonly Method[]
  /** Whether it goes through the operator API with `--server`; `only`: nowhere else. */
  server: boolean | 'only'
  /** What it does that cannot be undone, as the end of "This …"; then it wants `--yes`. */
  destroys?(input: Readonly<Record<string, unknown>>): string | undefined
  /** More lines of its help. */
  more?: string
  run(input: Readonly<Record<string, unknown>>, context: Context): Promise<Result | undefined>
}

/** What a command has found out. */
export interface Result {
  data: unknown
  /** For people; given the data without its secrets. */
  text(data: unknown, paper: Paper): string
  /** Secrets that are what was asked for. */
  reveals?: readonly string[]
  exit?: Exit
}

/** The process around a command, which tests replace. */
export interface Host {
  env: Record<string, string | undefined>
  version: string
  /** Standard output: what was asked for, and nothing else. */
  out(text: string): void
  /** Standard error: progress, advice, what went wrong. */
  err(text: string): void
  paper: Paper
  fetch: typeof globalThis.fetch
  now(): number
  timers?: Timers
  /** Aborts at Ctrl-C. */
  signal: AbortSignal
  /** Reads a secret: from the terminal without showing it, else a line of standard input. */
  ask(prompt: string): Promise<string>
  serve(): Promise<void>
  sandbox(options: SandboxWish): Promise<void>
}

export interface SandboxWish {
  port: number
  strict: boolean
  webhook?: { url: string; secret: string }
}

export interface Context extends Host {
  /** The client; with `--server` it goes through the operator API. */
  didit: Didit
  /** The operator API itself, with `--server`. */
  operator: Operator | undefined
  /** Some of the environment. @throws {ConfigError} for what is not valid. */
  given<N extends VariableName>(...names: N[]): Given<N>
}

type ReadAs<F> = F extends { kind: 'number' }
  ? number
  : F extends { kind: 'list' }
    ? string[]
    : F extends { kind: 'json' }
      ? unknown
      : string

type FlagValue<F> = F extends { kind: 'switch' }
  ? boolean
  : F extends { required: true }
    ? ReadAs<F>
    : ReadAs<F> | undefined

type ArgumentValue<A> = A extends { many: true }
  ? string[]
  : A extends { optional: true }
    ? string | undefined
    : string

export type Input<A extends Arguments, F extends Flags> = Readonly<
  { [K in keyof A]: ArgumentValue<A[K]> } & { [K in keyof F]: FlagValue<F[K]> }
>

interface Spec<A extends Arguments, F extends Flags> {
  summary: string
  args?: A
  flags?: F
  calls: readonly Method[]
  server?: boolean | 'only'
  destroys?(input: Input<A, F>): string | undefined
  more?: string
  run(input: Input<A, F>, context: Context): Promise<Result | undefined>
}

/** A row of the table. */
export function command<const A extends Arguments, const F extends Flags>(
  spec: Spec<A, F>,
): Command {
  // The parser reads what the spec describes, so the input is of the type that follows from it.
  const { run, destroys } = spec as Pick<Command, 'run' | 'destroys'>
  return { server: false, ...spec, args: spec.args ?? {}, flags: spec.flags ?? {}, run, destroys }
}

/** What is printed: as it came with `--json`, else as text. */
export function show<T>(
  data: T,
  text: (data: T, paper: Paper) => string,
  more: Pick<Result, 'reveals' | 'exit'> = {},
): Result {
  return { data, text: text as Result['text'], ...more }
}

type More = Omit<About, 'help'>

/** A flag without a value. */
export function on<const M extends More>(help: string, more?: M) {
  return { kind: 'switch', help, ...(more as M) } as const
}

export function text<const M extends More>(value: string, help: string, more?: M) {
  return { kind: 'text', value, help, ...(more as M) } as const
}

/** A text that nobody should see: `-` reads it from standard input. */
export function secret<const M extends More>(value: string, help: string, more?: M) {
  return { kind: 'secret', value, help, ...(more as M) } as const
}

export function number<const M extends More>(help: string, more?: M) {
  return { kind: 'number', value: 'N', help, ...(more as M) } as const
}

/** Given several times, or with commas between. */
export function list<const M extends More>(value: string, help: string, more?: M) {
  return { kind: 'list', value, help, ...(more as M) } as const
}

/** JSON, or `@` and the name of a file that holds it. */
export function json<const M extends More>(help: string, more?: M) {
  return { kind: 'json', value: 'JSON', help, ...(more as M) } as const
}

/** The name of a file; the command reads or writes it. */
export function file<const M extends More>(help: string, more?: M) {
  return { kind: 'file', value: 'FILE', help, ...(more as M) } as const
}
