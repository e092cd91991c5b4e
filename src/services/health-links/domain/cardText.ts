import type { CardPart, EmergencyCard } from '../contract/card.ts'

/** Bytes of the code: version 17 with 15 % correction holds 504, and prints readable on a card of 85 x 54 mm. */
export const LONGEST_CARD_BYTES = 480
const LONGEST_ITEM = 60

const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8')
const oneLine = (text: string) => text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim()
const shortened = (text: string, longest = LONGEST_ITEM) => {
  const letters = [...oneLine(text)]
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : letters.join('')
}

interface Line {
  readonly head: string
  readonly items: readonly string[]
}

/**
 * The essentials as plain text for a code that any scanner reads without a network: who, allergies, blood group, whom to
 * call, conditions, medicines, notes, language; the address of the card, where it is on, always has its room. What had no
 * room is counted (`+2 more`), so that nobody takes a part for the whole. Nothing that isn't known has a line.
 */
export function cardText(
  card: EmergencyCard,
  url: string | undefined,
  longestBytes = LONGEST_CARD_BYTES,
): { readonly text: string; readonly isShortened: boolean } {
  const last = url === undefined ? '' : `\n${url}`
  let text = 'EMERGENCY CARD'
  let isShortened = false
  for (const line of linesOf(card)) {
    const room = longestBytes - bytesOf(text) - bytesOf(last) - 1
    const fitted = fit(line, room)
    if (fitted.text !== '') text += `\n${fitted.text}`
    isShortened ||= fitted.left > 0 || line.items.some((item) => item.endsWith('…'))
  }
  return { text: `${text}${last}`, isShortened }
}

/** As many items as there is room for, and how many were left. */
function fit({ head, items }: Line, roomBytes: number): { readonly text: string; readonly left: number } {
  for (let count = items.length; count > 0; count -= 1) {
    const left = items.length - count
    const text = `${head}${items.slice(0, count).join('; ')}${left > 0 ? ` +${left} more` : ''}`
    if (bytesOf(text) <= roomBytes) return { text, left }
  }
  const none = `${head}+${items.length} more`
  return { text: items.length > 0 && bytesOf(none) <= roomBytes ? none : '', left: items.length }
}

function linesOf(card: EmergencyCard): Line[] {
  const who = [
    card.name === null ? '' : shortened(card.name),
    card.birth_date === null ? '' : `born ${card.birth_date}`,
  ]
  const contacts = card.contacts.map(({ name, relationship, phone }) =>
    [
      name === null ? '' : shortened(name, 40),
      relationship === null ? '' : `(${shortened(relationship, 20)})`,
      phone ?? '',
    ]
      .filter((one) => one !== '')
      .join(' '),
  )
  return [
    { head: '', items: [who.filter((one) => one !== '').join(', ')].filter((one) => one !== '') },
    partLine('ALLERGIES: ', card.allergies),
    { head: 'BLOOD: ', items: card.blood_group === null ? [] : [shortened(card.blood_group.value, 12)] },
    { head: 'CALL: ', items: contacts },
    partLine('CONDITIONS: ', card.conditions),
    partLine('MEDICINES: ', card.medications),
    { head: 'NOTES: ', items: card.notes === null ? [] : [shortened(card.notes, 120)] },
    { head: 'SPEAKS: ', items: card.language === null ? [] : [shortened(card.language, 20)] },
  ].filter(({ items }) => items.length > 0)
}

function partLine(head: string, { state, lines }: CardPart): Line {
  if (state === 'none') return { head, items: ['none, says the person'] }
  return { head, items: lines.map(({ text, detail }) => shortened(detail === null ? text : `${text} (${detail})`)) }
}
