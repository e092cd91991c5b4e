/** A message for one person outside the platform. */
export interface Notice {
  readonly channel: 'email' | 'sms'
  /** E-mail address or phone number in E.164. */
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Delivers messages outside the platform. */
export interface NotificationPort {
  /** Which channels can deliver at the moment, and through what. */
  readonly channels: Readonly<Record<Notice['channel'], string | undefined>>
  /** Hands the message over. Throws `PlatformError('unavailable')` when the channel is off or refuses. */
  send(notice: Notice): Promise<void>
}

/** What of the outside world a service can reach. */
export interface Ports {
  readonly notifications: NotificationPort
  readonly secrets: {
    /** Signs access tokens. */
    readonly tokenKey: string
  }
}
