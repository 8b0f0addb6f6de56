import { ConfigError } from '../config.ts'
import { DecisionPending, DiditError, DiditInputError, DiditUnreachable } from '../didit/client.ts'
import type { Exit } from './exits.ts'
import { NotOffered } from './operator.ts'
import { UsageError } from './usage.ts'

/** What a line was about, as far as it was read. */
export interface Situation {
  labels: ReadonlyMap<string, string>
  /** The operator API that was asked, if one was. */
  server: string | undefined
  /** Whether Ctrl-C was pressed. */
  interrupted: boolean
}

/** Where the client names something that is no flag of a command. */
const NAMES: Readonly<Record<string, string>> = {
  apiKey: 'DIDIT_API_KEY',
  accessToken: 'DIDIT_ACCESS_TOKEN',
}

const NO_KEY =
  'DIDIT_API_KEY is missing. Take the key from the Didit console, or make an account with ' +
  'didit-verify register, and put it into the environment or a .env file.'

/** What went wrong, in words for people, and how the command ends. */
export function explain(error: unknown, situation: Situation): { words: string; exit: Exit } {
  const { labels, server, interrupted } = situation
  if (interrupted) return { words: 'Stopped.', exit: 'interrupted' }
  if (error instanceof DiditInputError) {
    const lines = error.problems.map(({ field, message }) => {
      if (field === 'apiKey' && message.startsWith('is missing')) return NO_KEY
      const name = labels.get(field) ?? NAMES[field] ?? field
      return `${name} ${withLabels(message, labels)}`
    })
    return { words: lines.join('\n'), exit: 'usage' }
  }
  if (error instanceof UsageError || error instanceof ConfigError) {
    return { words: error.message, exit: 'usage' }
  }
  if (error instanceof DecisionPending) return { words: error.message, exit: 'pending' }
  if (error instanceof DiditError) return { words: refusal(error, server), exit: 'failed' }
  if (error instanceof DiditUnreachable) {
    if (error.cause instanceof NotOffered) return { words: error.cause.message, exit: 'usage' }
    return { words: silence(error, server), exit: 'failed' }
  }
  return { words: error instanceof Error ? error.message : String(error), exit: 'failed' }
}

/** Didit's words, or those of the server, and what to do where that is sure. */
function refusal({ status, message, fields, retryAfter, request }: DiditError, server?: string) {
  const { title, detail } = Object(fields) as Record<string, unknown>
  if (typeof title === 'string') return [title, detail].filter(Boolean).join(' ')
  if (status === 429 && retryAfter) return `${message} Try again in ${Math.ceil(retryAfter)} s.`
  const withKey = !server && !/ \/(programmatic|organizations)\//.test(request)
  if (withKey && (status === 401 || status === 403)) {
    return `${message} Check DIDIT_API_KEY: that it is whole, has not expired, and may do this.`
  }
  return message
}

function silence({ message, timedOut }: DiditUnreachable, server?: string): string {
  const who = server ? message.replace(/^Didit/, server) : message
  const variable = server ? '--server' : 'DIDIT_BASE_URL'
  const how = timedOut ? 'Try again.' : `Check the network, and ${variable} if you set it.`
  return `${who}. ${how}`
}

/** Fields in the middle of a sentence, after the flags that fill them. */
function withLabels(message: string, labels: ReadonlyMap<string, string>): string {
  return message.replace(/[a-z]+(?:_[a-z]+)+(?:\.[a-z_]+)*/g, (name) => labels.get(name) ?? name)
}
