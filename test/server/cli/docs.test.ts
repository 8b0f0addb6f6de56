// docs/cli.md: its recipes are run, and what follows them is made from the table of commands. To write
// it: npx vitest run --project server test/server/cli/docs.test.ts -u

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../server/cli/command.ts'
import { SECTIONS } from '../../../server/cli/commands.ts'
import { EXITS } from '../../../server/cli/exits.ts'
import { written } from '../../../server/cli/help.ts'
import { EVERYWHERE, SURE, THROUGH_SERVER, usageOf } from '../../../server/cli/read.ts'
import { root } from '../../support/process.ts'
import { OTP, PASSWORD, setUp } from './fixture.ts'

const FILE = path.join(root, 'docs/cli.md')
const MARK = '<!-- What follows is made by test/server/cli/docs.test.ts. -->\n'

const [byHand = ''] = readFileSync(FILE, 'utf8').split(MARK)
const recipes = [...byHand.matchAll(/```sh\n(.*?)```/gs)].map(([, code = '']) =>
  [...code.matchAll(/^npx didit-verify (.+)$/gm)].map(([, line = '']) => line),
)

describe('docs/cli.md', () => {
  it('says what each command is and takes', async () => {
    await expect(`${byHand}${MARK}\n${document()}`).toMatchFileSnapshot(FILE)
  })

  it('verifies somebody as it says', async () => {
    const { cli, wait, play } = setUp()
    const [full = '', decision = ''] = recipes[0] ?? []
    const { out } = await cli(full)
    const [, token = ''] = /\/session\/([\w-]+)$/m.exec(out) ?? []
    const [, id = ''] = /decision (\S+) --poll/.exec(out) ?? []
    await play(token, 'approve')
    const { code, out: text } = await wait(decision.replace('SESSION_ID', id))
    for (const word of ['Name', 'Date of birth', 'Document']) expect(text).toContain(`\n${word} `)
    expect(code).toBe(0)
  })

  it('makes an account as it says', async () => {
    const { cli } = setUp({ typed: PASSWORD })
    for (const line of recipes[1] ?? []) {
      const { code, err } = await cli(line.replace('A3K9F2', OTP))
      expect(code, `${line}: ${err}`).toBe(0)
    }
    expect(recipes[1]).toHaveLength(4)
  })

  it('reviews as it says', async () => {
    const { cli, played, folder } = setUp()
    const { session_id } = await played('review')
    const lines = (recipes[2] ?? []).map((line) =>
      line.replace('SESSION_ID', session_id).replace('report.pdf', `${folder()}/report.pdf`),
    )
    const codes = []
    for (const line of lines) codes.push((await cli(line)).code)
    // The decision is pending while it is in review.
    expect(codes).toEqual([0, 4, 0, 0, 0, 0])
  })
})

function document(): string {
  const exits = Object.values(EXITS).map(([code, meaning]) => `| ${code} | ${meaning} |`)
  const everywhere = [...Object.entries(EVERYWHERE), ...Object.entries(THROUGH_SERVER)]
  return [
    '| exit code | meaning |',
    '|---|---|',
    ...exits,
    '',
    '## Flags of every command',
    '',
    ...table(
      [...everywhere, ...Object.entries(SURE)].map(([key, flag]) => [
        written(key, flag),
        flag.help,
      ]),
    ),
    '',
    '`--server` and `--token` only where it says so below, `--yes` where something cannot be undone.',
    ...Object.entries(SECTIONS).flatMap(([heading, commands]) => [
      '',
      `## ${heading}`,
      ...Object.entries(commands).flatMap(([name, command]) => ['', ...one(name, command)]),
    ]),
    '',
  ].join('\n')
}

function one(name: string, command: Command): string[] {
  const { summary, server, more, destroys } = command
  const usage = usageOf(name, command)
    .replace(/^Usage: didit-verify /, '')
    .replace(' [flags]', '')
  const notes = [
    server === true ? 'Takes `--server`.' : '',
    server === 'only' ? 'Needs `--server`.' : '',
    destroys ? 'Wants `--yes`.' : '',
  ]
  const rows = [
    ...Object.entries(command.args).map(([key, { help }]) => [key.toUpperCase(), help] as const),
    ...Object.entries(command.flags).map(
      ([key, flag]) =>
        [
          written(key, flag),
          [flag.help, flag.env && `\`${flag.env}\``].filter(Boolean).join(' '),
        ] as const,
    ),
  ]
  const text = [summary, more, ...notes].filter(Boolean).join(' ')
  return [`### ${usage}`, '', text, ...(rows.length > 0 ? ['', ...table(rows)] : [])]
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const cells = rows.map(
    ([left, right]) => `| \`${left.replaceAll('|', '\\|')}\` | ${right.replaceAll('|', '\\|')} |`,
  )
  return ['| | |', '|---|---|', ...cells]
}
