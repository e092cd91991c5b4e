import { command, query, stream } from '../../../kernel/contract.ts'
import { list, nullable, object, oneOf, type Static, Type, text } from '../../../kernel/fields.ts'
import { instantOrNull, own, page } from './shapes.ts'

const said = nullable(Type.String())
export const CARD_SOURCES = ['profile', 'document', 'entered', 'imported', 'demo'] as const

const Line = object({
  text: Type.String(),
  detail: nullable(Type.String({ description: 'reaction, severity, dosage' })),
  source: oneOf(CARD_SOURCES),
  noted_at: instantOrNull,
})
const Part = object({
  state: oneOf(['listed', 'none', 'unknown'], { description: '`none`: the person said that there are none' }),
  lines: list(Line, 1100),
})

export const EmergencyCard = object({
  name: said,
  birth_date: said,
  age_years: nullable(Type.Integer()),
  blood_group: nullable(object({ value: Type.String(), source: oneOf(CARD_SOURCES) })),
  allergies: Part,
  conditions: Part,
  medications: Part,
  contacts: list(object({ name: said, phone: said, relationship: said }), 10),
  language: said,
  notes: said,
  missing: list(object({ field: Type.String(), how: Type.String(), where: Type.String() }), 20),
  unread: list(Type.String({ description: 'services that could not be asked now' }), 5),
  made_at: Type.String(),
})
export type EmergencyCard = Static<typeof EmergencyCard>
export type CardLine = Static<typeof Line>
export type CardPart = Static<typeof Part>

/** What any scanner reads without a network. */
const Qr = object({
  text: Type.String({ description: 'at most 480 bytes, most important first' }),
  svg: Type.String({ description: 'dark on white, with its quiet zone' }),
  /** The same squares row by row; `1` is dark. */
  rows: list(Type.String(), 200),
  is_shortened: Type.Boolean({ description: 'whether something of the card had no room' }),
})

const emergency = { kind: 'person', category: 'emergency' } as const
const CardLink = object({
  is_on: Type.Boolean(),
  has_consent: Type.Boolean({ description: 'emergency / emergency / emergency_responder' }),
  url: said,
  access_count: Type.Integer(),
  created_at: instantOrNull,
  last_opened_at: instantOrNull,
  qr: Qr,
})

export const cardOperations = {
  readEmergencyCard: query({
    summary: 'The emergency card: only what the record holds, each with its source, and what is missing',
    route: 'GET /emergency-card',
    access: emergency,
    input: object({}),
    output: object({ ...EmergencyCard.properties, qr: Qr }),
  }),
  saveCardNotes: command({
    summary: 'Write what only the card says; null removes it',
    route: 'PUT /emergency-card/notes',
    access: emergency,
    input: object({ notes: nullable(text(500)) }),
    output: object({ notes: said }),
  }),
  readCardLink: query({
    summary: 'Whether helpers without an account can open the card, its address, and the code with it',
    route: 'GET /emergency-card/link',
    access: own,
    input: object({}),
    output: CardLink,
  }),
  turnCardLinkOn: command({
    summary: 'Let whoever holds the card open it; where it is on already, a new address replaces the old one',
    route: 'POST /emergency-card/link',
    access: own,
    status: 201,
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 3600 },
    errors: ['consent_required'],
    input: object({}),
    output: CardLink,
  }),
  turnCardLinkOff: command({
    summary: 'Take the address of the card back at once',
    route: 'DELETE /emergency-card/link',
    access: own,
    input: object({}),
    output: CardLink,
  }),
  cardForResponder: query({
    summary: 'The card as somebody sees it who holds its address: with that right and the person’s consent',
    access: { ...emergency, purpose: 'emergency', recipient: 'emergency_responder' },
    input: object({}),
    output: EmergencyCard,
  }),
}

export const cardStreams = {
  printCard: stream({
    access: own,
    produces: ['text/html'],
    summary: 'The card to print, in the size of a bank card and as a page, without scripts',
    kind: 'query',
    route: 'GET /emergency-card/print',
    aliases: ['GET /card'],
  }),
  openCard: stream({
    ...page,
    summary: 'The emergency card, for whoever holds its address',
    kind: 'query',
    route: 'GET /e/:token',
    aliases: ['GET /e/:token'],
  }),
}
