import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls'

// A key pair for localhost that only these tests know: it protects nothing.
const KEY = readFileSync(new URL('./localhost-key.pem', import.meta.url), 'utf8')
/** The certificate that a client of the test server trusts. */
export const TEST_AUTHORITY = readFileSync(new URL('./localhost-cert.pem', import.meta.url), 'utf8')

/** Where a session can go wrong; END is the answer to the finished message. */
export type Stage = 'CONNECT' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'END'

/** What the server does at a stage instead of its duty. */
export interface Fault {
  readonly at: Stage
  readonly how: 'silence' | 'cut' | { readonly say: string }
}

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** The message as it was before dots were doubled. */
  readonly source: string
  readonly user: string | undefined
  readonly isEncrypted: boolean
}

export interface SmtpServerOptions {
  readonly auth?: { readonly mechanism: 'PLAIN' | 'LOGIN'; readonly user: string; readonly password: string }
  readonly tls?: 'starttls' | 'direct'
}

/** A small SMTP server (RFC 5321, 4954, 3207) on a free local port. */
export class SmtpServer {
  readonly received: ReceivedMail[] = []
  /** Every line a client sent as a command, messages left out. */
  readonly commands: string[] = []
  /** Line breaks other than CRLF that reached the server: they are how one message is smuggled into another. */
  bareLineBreaks = 0
  fault: Fault | undefined
  onSilence: (() => void) | undefined
  readonly options: SmtpServerOptions
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  private constructor(options: SmtpServerOptions) {
    this.options = options
    const accept = (socket: Socket) => new Session(this, this.kept(socket), options.tls === 'direct').greet()
    this.server =
      options.tls === 'direct'
        ? createTlsServer({ key: KEY, cert: TEST_AUTHORITY }, accept).on('tlsClientError', () => {})
        : createServer(accept)
  }

  static async open(options: SmtpServerOptions = {}): Promise<SmtpServer> {
    const one = new SmtpServer(options)
    await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve))
    return one
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  kept<Kind extends Socket>(socket: Kind): Kind {
    this.sockets.add(socket)
    // A client that goes away in the middle is what some tests are about.
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket))
    return socket
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

type LineReader = (line: string) => void

class Session {
  private readonly server: SmtpServer
  private socket: Socket
  private isEncrypted: boolean
  private pending = ''
  private reader: LineReader = (line) => this.command(line)
  private user: string | undefined
  private from = ''
  private to: string[] = []

  constructor(server: SmtpServer, socket: Socket, isEncrypted: boolean) {
    this.server = server
    this.socket = socket
    this.isEncrypted = isEncrypted
    this.listen()
  }

  greet(): void {
    this.answer('CONNECT', '220 localhost ESMTP test')
  }

  private readonly onData = (chunk: Buffer): void => {
    this.pending += chunk.toString('utf8')
    for (;;) {
      const end = this.pending.indexOf('\r\n')
      if (end < 0) return
      const line = this.pending.slice(0, end)
      this.pending = this.pending.slice(end + 2)
      this.server.bareLineBreaks += line.match(/[\r\n]/g)?.length ?? 0
      this.reader(line)
    }
  }

  private listen(): void {
    this.socket.on('data', this.onData)
  }

  /** Answers as the stage wants it, unless the test ordered a fault. Returns whether it went well. */
  private answer(stage: Stage, duty: string): boolean {
    const { fault } = this.server
    if (fault?.at !== stage) {
      this.socket.write(`${duty}\r\n`)
      return true
    }
    if (fault.how === 'cut') this.socket.destroy()
    else if (fault.how === 'silence') this.server.onSilence?.()
    else this.socket.write(`${fault.how.say}\r\n`)
    return false
  }

  private command(line: string): void {
    this.server.commands.push(line)
    const verb = /^[A-Z]+/i.exec(line)?.[0].toUpperCase()
    if (verb === 'EHLO' || verb === 'HELO') this.ehlo()
    else if (verb === 'STARTTLS') this.startTls()
    else if (verb === 'AUTH') this.authenticate(line)
    else if (verb === 'MAIL') this.mail(line)
    else if (verb === 'RCPT') this.recipient(line)
    else if (verb === 'DATA') this.data()
    else if (verb === 'QUIT') this.socket.end('221 2.0.0 bye\r\n')
    else this.socket.write('502 5.5.2 command not known\r\n')
  }

  private ehlo(): void {
    const { auth, tls } = this.server.options
    const offers = ['localhost', 'SIZE 1000000', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES']
    if (tls === 'starttls' && !this.isEncrypted) offers.push('STARTTLS')
    if (auth !== undefined) offers.push(`AUTH ${auth.mechanism}`)
    this.answer('EHLO', offers.map((offer, at) => `250${at === offers.length - 1 ? ' ' : '-'}${offer}`).join('\r\n'))
  }

  private startTls(): void {
    if (!this.answer('STARTTLS', '220 2.0.0 go ahead')) return
    this.socket.off('data', this.onData)
    this.pending = ''
    const secureContext = createSecureContext({ key: KEY, cert: TEST_AUTHORITY })
    this.socket = this.server.kept(new TLSSocket(this.socket, { isServer: true, secureContext }))
    this.isEncrypted = true
    this.listen()
  }

  private authenticate(line: string): void {
    const [, mechanism, initial = ''] = line.split(' ')
    if (mechanism === 'PLAIN') {
      const [, user = '', password = ''] = decoded(initial).split('\0')
      this.login(user, password)
      return
    }
    this.socket.write('334 VXNlcm5hbWU6\r\n')
    this.reader = (user) => {
      this.socket.write('334 UGFzc3dvcmQ6\r\n')
      this.reader = (password) => {
        this.reader = (next) => this.command(next)
        this.login(decoded(user), decoded(password))
      }
    }
  }

  private login(user: string, password: string): void {
    const { auth } = this.server.options
    const isRight = user === auth?.user && password === auth.password
    if (!isRight) this.socket.write('535 5.7.8 authentication credentials invalid\r\n')
    else if (this.answer('AUTH', '235 2.7.0 welcome')) this.user = user
  }

  private mail(line: string): void {
    this.from = /^MAIL FROM:<([^>]*)>/i.exec(line)?.[1] ?? ''
    this.to = []
    if (this.server.options.auth !== undefined && this.user === undefined) {
      this.socket.write('530 5.7.0 authentication required\r\n')
    } else this.answer('MAIL', '250 2.1.0 ok')
  }

  private recipient(line: string): void {
    if (this.answer('RCPT', '250 2.1.5 ok')) this.to.push(/^RCPT TO:<([^>]*)>/i.exec(line)?.[1] ?? '')
  }

  private data(): void {
    if (this.to.length === 0) this.socket.write('503 5.5.1 recipient first\r\n')
    else if (this.answer('DATA', '354 end with a dot on a line of its own')) this.reader = this.messageReader()
  }

  private messageReader(): LineReader {
    const lines: string[] = []
    return (line) => {
      if (line !== '.') {
        lines.push(line.startsWith('.') ? line.slice(1) : line)
        return
      }
      this.reader = (next) => this.command(next)
      if (!this.answer('END', '250 2.0.0 taken')) return
      const { from, to, user, isEncrypted } = this
      this.server.received.push({ from, to, source: lines.join('\r\n'), user, isEncrypted })
    }
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
