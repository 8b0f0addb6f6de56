import type { Command, Flag } from './command.ts'
import { EXITS } from './exits.ts'
import type { Commands } from './find.ts'
import { EVERYWHERE, flagsOf, usageOf } from './read.ts'

/** Every command with its summary, and how commands end. */
export function helpAll(sections: Readonly<Record<string, Commands>>): string {
  return [
    'Usage: didit-verify <command> [flags]',
    '',
    ...Object.entries(sections).flatMap(([heading, commands]) => [
      `${heading}:`,
      ...columns(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
      '',
    ]),
    'Flags of every command:',
    ...columns(Object.entries(EVERYWHERE).map(([name, flag]) => [`--${name}`, flag.help])),
    '  Those that go through the operator API of a running server take --server URL and --token.',
    '',
    'Exit codes:',
    ...columns(Object.values(EXITS).map(([code, meaning]) => [String(code), meaning])),
    '',
    'Keys and addresses come from the environment or a .env file: DIDIT_API_KEY, DIDIT_WORKFLOW_ID,',
    'DIDIT_BASE_URL, DIDIT_AUTH_URL. See didit-verify <command> --help.',
  ].join('\n')
}

/** The commands of a group. */
export function helpGroup(commands: Commands, group: string): string {
  const own = Object.entries(commands).filter(([name]) => name.startsWith(`${group} `))
  return [
    `Usage: didit-verify ${group} <command> [flags]`,
    '',
    'Commands:',
    ...columns(own.map(([name, { summary }]) => [name, summary])),
    '',
    `See didit-verify ${group} <command> --help.`,
  ].join('\n')
}

/** All about one command. */
export function helpOne(name: string, command: Command): string {
  const args = Object.entries(command.args).map(
    ([key, { help, env }]) => [key.toUpperCase(), withVariable(help, env)] as const,
  )
  const flags = Object.entries(flagsOf(command)).map(
    ([key, flag]) => [written(key, flag), withVariable(flag.help, flag.env, flag)] as const,
  )
  return [
    usageOf(name, command),
    '',
    command.summary,
    ...(command.more ? ['', command.more] : []),
    ...(args.length > 0 ? ['', 'Arguments:', ...columns(args)] : []),
    '',
    'Flags:',
    ...columns(flags),
  ].join('\n')
}

/** `--label TEXT`. */
export function written(key: string, { kind, value }: Flag): string {
  return kind === 'switch' ? `--${key}` : `--${key} ${value}`
}

function withVariable(help: string, env?: string, flag?: Flag): string {
  const many = flag?.kind === 'list' ? ' Several with commas.' : ''
  const required = flag?.required ? ' Required.' : ''
  return `${help}${many}${required}${env ? ` [${env}]` : ''}`
}

/** What stands left is never wider than this, so that several lists are aligned. */
const WIDTH = 27

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(rows.length > 0 ? WIDTH : 0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
