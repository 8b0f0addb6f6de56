#!/usr/bin/env node
import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import { loadEnvFile } from 'node:process'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError, readConfig } from './config.ts'
import { captureFailures, close, createLog, listen, startServer, stopOnSignal } from './main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from './sandbox/app.ts'

interface Command {
  summary: string
  options: NonNullable<ParseArgsConfig['options']>
  run(values: Record<string, string | boolean | undefined>): Promise<void>
}

/** Every command, its options and what it does; the help is printed from it. */
const COMMANDS: Record<string, Command> = {
  serve: {
    summary: 'Run the backend. Configured by the environment or a .env file.',
    options: {},
    async run() {
      const config = readConfig(process.env)
      const log = createLog(config)
      const server = await startServer(config, { log })
      captureFailures(log)
      stopOnSignal(server.stop)
      console.log(`Ready: ${config.publicUrl}`)
    },
  },
  sandbox: {
    summary: 'Run a local Didit: API, hosted page and webhooks.',
    options: {
      port: { type: 'string', default: '4010' },
      'webhook-url': { type: 'string' },
      'webhook-secret': { type: 'string' },
      strict: { type: 'boolean' },
    },
    async run({ port, 'webhook-url': url, 'webhook-secret': secret, strict }) {
      if (Boolean(url) !== Boolean(secret)) {
        throw new ConfigError('Give --webhook-url and --webhook-secret together, or neither.')
      }
      const publicUrl = `http://127.0.0.1:${port}`
      const sandbox = createSandbox({
        publicUrl,
        strict: strict === true,
        webhook: url && secret ? { url: String(url), secret: String(secret) } : undefined,
      })
      const servers: Server[] = []
      await listen(servers, sandbox.app, Number(port), '127.0.0.1')
      stopOnSignal(async () => {
        sandbox.close()
        await Promise.all(servers.map(close))
      })
      console.log(`Sandbox ready: ${publicUrl} (workflow ${DEFAULT_WORKFLOW}, any API key)`)
    },
  },
}

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary, options }]) => {
    const flags = Object.keys(options).map((flag) => ` [--${flag}]`)
    return `  didit-verify ${name}${flags.join('')}\n      ${summary}`
  })
  return `Usage:\n${lines.join('\n')}`
}

async function main([name, ...args]: string[]): Promise<void> {
  if (existsSync('.env')) loadEnvFile('.env')
  const command = name === undefined ? undefined : COMMANDS[name]
  if (!command || args.includes('--help')) {
    const wanted = command || name === undefined || name === '--help' || name === 'help'
    if (wanted) return console.log(help())
    throw new ConfigError(`There is no command ${name}.\n${help()}`)
  }
  const { values } = parseArgs({ args, options: command.options })
  await command.run(values as Parameters<Command['run']>[0])
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
