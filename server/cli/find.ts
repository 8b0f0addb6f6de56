import type { Command } from './command.ts'
import { didYouMean } from './nearest.ts'
import { UsageError } from './usage.ts'

export type Commands = Readonly<Record<string, Command>>

/** What somebody wants: a command with the rest of the line, or to be told something. */
export type Wish =
  | { wants: 'run' | 'help'; name: string; command: Command; rest: readonly string[] }
  | { wants: 'overview' }
  | { wants: 'version' }
  | { wants: 'group'; group: string }

/**
 * Finds the command that a line begins with: one word, or the name of a group and one more.
 *
 * @throws {UsageError} when there is none.
 */
export function find(argv: readonly string[], commands: Commands): Wish {
  const [first, second] = argv
  const help = argv.some((word) => word === '--help' || word === '-h')
  if (first === undefined) return { wants: 'overview' }
  if (first === '--version' || first === '-V') return { wants: 'version' }
  if (first === 'help') return find([...argv.slice(1), '--help'], commands)
  if (first.startsWith('-')) {
    if (help) return { wants: 'overview' }
    throw new UsageError(`Put the command before ${first}. See didit-verify --help.`)
  }
  for (const [name, words] of [[`${first} ${second}`, 2] as const, [first, 1] as const]) {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command) return { wants: help ? 'help' : 'run', name, command, rest: argv.slice(words) }
  }
  const inGroup = Object.keys(commands)
    .filter((name) => name.startsWith(`${first} `))
    .map((name) => name.slice(first.length + 1))
  if (inGroup.length === 0) {
    const known = [...new Set(Object.keys(commands).map((name) => name.split(' ')[0] ?? name))]
    const meant = didYouMean(first, known)
    throw new UsageError(`There is no command ${first}.${meant} See didit-verify --help.`)
  }
  if (help) return { wants: 'group', group: first }
  const words =
    second === undefined || second.startsWith('-')
      ? `Say what to do with ${first}: ${inGroup.join(', ')}.`
      : `There is no command ${first} ${second}.${didYouMean(second, inGroup, `${first} `)}`
  throw new UsageError(`${words} See didit-verify ${first} --help.`)
}
