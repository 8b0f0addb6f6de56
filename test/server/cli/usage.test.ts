import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../server/cli/commands.ts'
import { EXITS } from '../../../server/cli/exits.ts'
import { flagsOf } from '../../../server/cli/read.ts'
import { SERVER, setUp } from './fixture.ts'

describe('a line that cannot be right', () => {
  it.each([
    ['constructor', 'There is no command constructor.'],
    ['sessions constructor', 'There is no command sessions constructor.'],
    ['__proto__ --help', 'There is no command __proto__.'],
    ['balance --constructor', 'balance has no flag --constructor.'],
    ['balence', 'There is no command balence. Did you mean balance?'],
    ['sesion', 'There is no command sesion. Did you mean session?'],
    ['session-list', 'There is no command session-list.'],
    ['sessions lst', 'There is no command sessions lst. Did you mean sessions list?'],
    ['sessions approv', 'There is no command sessions approv. Did you mean sessions approve?'],
    ['sessions', 'Say what to do with sessions: list, get, '],
    ['--json balance', 'Put the command before --json.'],
    ['balance --jsno', 'balance has no flag --jsno. Did you mean --json?'],
    ['setup --livenes', 'setup has no flag --livenes. Did you mean --liveness?'],
    ['balance -x', 'balance has no flag -x.'],
    ['balance extra', '"extra" is too much. Usage: didit-verify balance [flags]'],
    ['decision', 'ID is missing. Usage: didit-verify decision ID [flags]'],
    ['setup --label', '--label wants a value: --label TEXT.'],
    ['setup --label --aml', '--label wants a value: --label TEXT. For one that begins with a dash'],
    ['setup --label= --aml', '--label wants a value'],
    ['setup --aml=yes', '--aml takes no value. Write --aml alone.'],
    ['setup --label a --label b', '--label is there twice. Give it once.'],
    ['sessions list --limit ten', '--limit is not a number.'],
    ['sessions list --limit 1e3', '--limit is not a number.'],
    ['workflows delete x', 'This deletes the workflow x for good. Add --yes when you are sure.'],
    ['sessions delete-many --all', 'This deletes every session with all data, for good.'],
    ['sessions delete-many 1 2', 'This deletes 2 sessions with all data, for good.'],
    ['sessions delete-many', 'Name the numbers of sessions, or give --all.'],
    ['sessions delete-many --yes', 'Name the numbers of sessions, or give --all.'],
    ['sessions delete-many 1 --all --yes', 'Name the numbers of sessions, or give --all.'],
    ['webhooks update --rotate-secret', 'This makes the old secret worthless at once.'],
    ['webhooks update', 'Nothing is to be changed.'],
    ['workflows update x', 'Nothing is to be changed.'],
    ['workflows create', 'Give either --template, or --features or --body.'],
    ['workflows create --template kyx', '--template is none of kyc, age'],
    ['workflows create --template constructor', '--template is none of kyc, age'],
    ['lists create', 'Nothing is to be sent.'],
    ['blocklist add x', 'Say what: --face, --document, --phone or --email'],
    ['session --metadata {', '--metadata is not JSON. Write it as'],
    ['session --metadata @/nowhere.json', '--metadata cannot be read. Is there a file'],
    ['session --portrait /nowhere.jpg', 'There is no picture to read at /nowhere.jpg.'],
    ['sessions resubmit x --node OCR', '--node "OCR" is not complete.'],
    ['outbox replay', '--server is missing. Only an operator API knows this.'],
    ['audit', '--server is missing. Only an operator API knows this.'],
    [`balance --server ${SERVER}`, '--server needs a token. Set DIDIT_OPERATOR_TOKEN'],
    ['balance --server nonsense --token t', '--server is not an address.'],
    ['balance --server ftp://a.example --token t', '--server is not an address.'],
    ['balance --server http://shop.example --token t', '--server would show the token to others'],
    ['balance --server http://127.evil.example --token t', '--server would show the token'],
    ['balance --server https://a:b@shop.example --token t', '--server has more than an address.'],
    ['doctor shop.example', 'URL is not an address. Write it whole'],
    ['doctor file:///etc/passwd', 'URL is not an address.'],
    ['sandbox --webhook-url http://a', 'Give --webhook-url and --webhook-secret together'],
  ])('says so, ends with 2 and sends nothing: %s', async (line, words) => {
    const { cli, sent, started } = setUp()
    const { code, out, err } = await cli(line)
    expect(err).toContain(words)
    expect([code, out, sent, started]).toEqual([2, '', [], []])
  })

  it.each([
    ['sessions arm x approve --session-token', 'TOKEN'],
    ['login --email a@b.example --password', 'TEXT'],
    ['balance --token', 'TOKEN'],
  ])('quotes no secret that begins with a dash: %s', async (line, value) => {
    const { cli, sent } = setUp()
    const { code, out, err } = await cli(`${line} -ULUzWPvKnPs`)
    const [flag = ''] = line.split(' ').slice(-1)
    expect(err).toContain(`For one that begins with a dash write ${flag}=${value}.`)
    expect(out + err).not.toContain('ULUzWPvKnPs')
    expect([code, sent]).toEqual([2, []])
  })

  it('is no line about a variable that the command does not need', async () => {
    const env = { DIDIT_WORKFLOW_ID: 'todo', DIDIT_WEBHOOK_SECRET: ' ', PORT: 'x' }
    const { cli } = setUp({ env })
    expect((await cli('balance')).code).toBe(0)
  })

  it.each([
    ['balance', 'DIDIT_BASE_URL', 'nonsense'],
    ['balance', 'DIDIT_API_KEY', 'with space'],
    ['session', 'DIDIT_WORKFLOW_ID', 'todo'],
    ['doctor https://a.example', 'PUBLIC_URL', '/nonsense'],
    ['sandbox', 'SANDBOX_PORT', '99999'],
  ])('names the variable that %s needs: %s', async (line, name, value) => {
    const { cli, sent } = setUp({ env: { [name]: value } })
    const { code, err } = await cli(line)
    expect(err).toContain(`${name} is not valid. Example: ${name}=`)
    expect(err).not.toContain(value)
    expect([code, sent]).toEqual([2, []])
  })

  it('says where to get a key', async () => {
    const { cli, sent } = setUp({ env: { DIDIT_API_KEY: '' } })
    const { code, err } = await cli('balance')
    expect(err).toMatch(/^DIDIT_API_KEY is missing\. .*didit-verify register/)
    expect([code, sent]).toEqual([2, []])
  })
})

describe('Ctrl-C', () => {
  it.each(['balance', 'sessions list --all', 'doctor', 'doctor https://shop.example/'])(
    'ends what nobody answers: %s',
    async (line) => {
      const answers = () => new Promise<Response>(() => {})
      const { cli, interrupt, sent } = setUp({ answers })
      const ended = cli(line)
      while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve))
      interrupt()
      expect(await ended).toMatchObject({ code: 130, out: '', err: 'Stopped.' })
    },
  )
})

describe('help', () => {
  it.each(['', '--help', '-h', 'help'])('lists every command and exit code: %j', async (line) => {
    const { code, out } = await setUp().cli(line)
    for (const name of Object.keys(COMMANDS)) expect(out).toContain(`\n  ${name} `)
    for (const [number, meaning] of Object.values(EXITS)) {
      expect(out).toMatch(new RegExp(`\n  ${number} +${meaning.replace(/[.,]/g, '.')}`))
    }
    expect(code).toBe(0)
  })

  it('lists the commands of a group', async () => {
    const { code, out } = await setUp().cli('blocklist --help')
    expect(out.match(/^ {2}blocklist \w+/gm)).toEqual([
      '  blocklist add',
      '  blocklist remove',
      '  blocklist list',
    ])
    expect(code).toBe(0)
  })

  it.each(Object.entries(COMMANDS))(
    'of %s names its arguments and flags',
    async (name, command) => {
      const { cli, sent } = setUp()
      const { code, out } = await cli(`${name} --help`)
      expect(out).toMatch(new RegExp(`^Usage: didit-verify ${name} `))
      for (const argument of Object.keys(command.args))
        expect(out).toContain(argument.toUpperCase())
      for (const flag of Object.keys(flagsOf(command)))
        expect(out).toMatch(new RegExp(`\n  --${flag} `))
      expect((await cli(`help ${name}`)).out).toBe(out)
      expect([code, sent]).toEqual([0, []])
    },
  )

  it.each(Object.entries(COMMANDS))('of %s is made of sentences', (_, command) => {
    const texts = [command, ...Object.values(command.args), ...Object.values(flagsOf(command))]
    const sentences = texts.map((each) => ('help' in each ? each.help : each.summary))
    expect(sentences.filter((each) => !/^[\w$\S].*[.…]$/.test(each))).toEqual([])
  })

  it('says the version', async () => {
    expect((await setUp().cli('--version')).out).toBe('0.0.0')
  })
})

describe('the servers', () => {
  it('are started by the process', async () => {
    const { cli, started } = setUp({ env: { SANDBOX_PORT: '4011' } })
    await cli('serve')
    await cli('sandbox')
    await cli('sandbox --port 4012 --strict --webhook-url http://a --webhook-secret s')
    expect(started).toEqual([
      'serve',
      { port: 4011, strict: false, webhook: undefined },
      { port: 4012, strict: true, webhook: { url: 'http://a', secret: 's' } },
    ])
  })
})
