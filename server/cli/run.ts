import { ConfigError, readGiven, type VariableName } from '../config.ts'
import type { Didit } from '../didit/client.ts'
import { clientOf, throughOperator } from './client.ts'
import type { Context, Host } from './command.ts'
import { EXITS } from './exits.ts'
import { explain, type Situation } from './explain.ts'
import { find } from './find.ts'
import { helpAll, helpGroup, helpOne } from './help.ts'
import { createOperator, type Operator } from './operator.ts'
import { plain, stringify } from './output.ts'
import { processes } from './processes.ts'
import { type Line, read } from './read.ts'
import { hideSecrets } from './secrets.ts'
import { UsageError } from './usage.ts'

/** Runs one command line. @returns its exit code. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  let situation: Situation = { labels: new Map(), server: undefined, interrupted: false }
  try {
    // `serve` is ready sooner without the other commands.
    const all = () => import('./commands.ts')
    const commands = Object.hasOwn(processes, argv[0] ?? '') ? processes : (await all()).COMMANDS
    const wish = find(argv, commands)
    if (wish.wants === 'overview') return say(helpAll((await all()).SECTIONS))
    if (wish.wants === 'version') return say(host.version)
    if (wish.wants === 'group') return say(helpGroup(commands, wish.group))
    const { name, command, rest } = wish
    if (wish.wants === 'help') return say(helpOne(name, command))

    const given = <N extends VariableName>(...names: N[]) => {
      const { values, problems } = readGiven(host.env, names)
      if (problems.length > 0) throw new ConfigError(problems.join('\n'))
      return values
    }
    const variable = (wanted: VariableName) => given(wanted)[wanted]
    const line = await read(name, command, rest, { variable, ask: host.ask })
    situation = { ...situation, labels: line.labels }
    const operator = operatorFor(line, command.server === 'only', host)
    situation = { ...situation, server: operator?.base }
    const destroyed = command.destroys?.(line.input)
    if (destroyed && line.input.yes !== true) {
      throw new UsageError(`This ${destroyed}. Add --yes when you are sure.`)
    }

    let didit: Didit | undefined
    const context: Context = {
      ...host,
      operator,
      given,
      // Made when it is needed: some commands need none, and no address in the environment.
      get didit() {
        didit ??= operator ? throughOperator(operator, host) : clientOf(given, host)
        return didit
      },
    }
    const result = await Promise.race([command.run(line.input, context), stopped(host.signal)])
    if (!result) return EXITS.ok[0]
    const data = line.showSecrets ? result.data : hideSecrets(result.data, result.reveals)
    const text = line.json ? stringify(data) : result.text(data, host.paper)
    if (text !== '') host.out(text)
    return EXITS[result.exit ?? 'ok'][0]
  } catch (error) {
    const { words, exit } = explain(error, { ...situation, interrupted: host.signal.aborted })
    host.err(words.split('\n').map(plain).join('\n'))
    return EXITS[exit][0]
  }

  function say(text: string): number {
    host.out(text)
    return EXITS.ok[0]
  }
}

/** Ends a command that does not listen itself, after those that do. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => setImmediate(() => reject(signal.reason))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

function operatorFor(line: Line, only: boolean, { fetch }: Host): Operator | undefined {
  const { server, token } = line
  if (server !== undefined) return createOperator({ server, token, fetch })
  if (only) throw new UsageError('--server is missing. Only an operator API knows this.')
  return undefined
}
