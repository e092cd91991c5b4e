import type { Notice } from '../../kernel/ports.ts'

/** Hands one message to a provider; settles once the provider has taken it. */
export type Deliver = (notice: Notice) => Promise<void>

/** Starts the time a provider has for one message: the signal aborts at its end. */
export type Deadline = () => AbortSignal

/** The way of one channel, chosen from the settings; its code is loaded with the first message. */
export interface Route {
  /** Through what the channel delivers; undefined while it is off. */
  readonly through: string | undefined
  open(): Promise<Deliver>
}
