import { escapeHtml, htmlPage } from '../../kernel/http/html.ts'
import type { Reader } from '../../kernel/http/reader.ts'
import { hostTexts } from '../texts/texts.ts'
import type { RestoreEnd } from './restoring.ts'

/** What the three doors show. */
export interface Doors {
  /** Token of the one-time set-up link, when the reader came with a good one. */
  readonly token: string | undefined
  /** Said when a link was pasted that is not good. */
  readonly fault: string | undefined
  readonly hasDemo: boolean
}

/** The first page of a platform on which nobody has an account. */
export function doorsPage(reader: Reader, { token, fault, hasDemo }: Doors): string {
  const words = hostTexts(reader.language)
  const t = words.doors
  const demo = `<section class="card"><h2>${t.demo}</h2>
<p>${t.demoText}</p>
<form method="post" action="/welcome/demo"><button>${t.look}</button></form></section>`
  const restore =
    token === undefined
      ? `<p class="soft">${t.restoreNeeds}</p>`
      : `<p><a class="button quiet" href="/welcome/restore?token=${encodeURIComponent(token)}">${t.choose}</a></p>`
  return htmlPage(
    t.title,
    `<h1>${t.welcome}</h1><p>${t.lead}</p>
${fault === undefined ? '' : `<p class="error" role="alert" id="fault">${escapeHtml(fault)}</p>`}
${hasDemo ? demo : ''}
<section class="card"><h2>${t.own}</h2>${token === undefined ? askForLink(reader, fault) : ownDoor(reader, token)}</section>
<section class="card"><h2>${t.restore}</h2>
<p>${t.restoreText}</p>
${restore}</section>
<p class="links"><a href="/sign-in">${words.signIn}</a><a href="/status">${t.status}</a><a href="/developers">${t.developers}</a></p>`,
    reader,
  )
}

function ownDoor({ language }: Reader, token: string): string {
  const { doors: t } = hostTexts(language)
  return `<p>${t.ownText}</p>
<p><a class="button" href="/auth/setup?token=${encodeURIComponent(token)}">${t.start}</a></p>`
}

function askForLink({ language }: Reader, fault: string | undefined): string {
  const { doors: t, goOn } = hostTexts(language)
  const described = fault === undefined ? '' : ' aria-describedby="fault"'
  return `<p>${t.needsLink}</p>
<form method="get" action="/welcome"><label for="link">${t.link}</label>
<input id="link" name="link" dir="ltr" autocomplete="off" spellcheck="false" maxlength="500" required${described}><button>${goOn}</button></form>
<p class="soft below">${t.without((text) => `<a href="/register">${text}</a>`)}</p>`
}

/** The form that takes a backup. `isHere` is false where only the command can bring one back. */
export function restorePage(
  reader: Reader,
  options: { token: string; isHere: boolean; fault?: string | undefined },
): string {
  const { token, isHere, fault } = options
  const words = hostTexts(reader.language)
  const t = words.restore
  const body = isHere
    ? `<p>${t.lead('<code dir="ltr">npm run salus -- backup</code>')}</p>
<form class="card" method="post" enctype="multipart/form-data" action="/welcome/restore?token=${encodeURIComponent(token)}">
<label for="passphrase">${t.passphrase}</label>
<input id="passphrase" name="passphrase" type="password" dir="ltr" autocomplete="off" maxlength="1000">
<p class="soft">${t.passphraseText}</p>
<label for="backup">${t.file}</label><input id="backup" name="backup" type="file" required>
<button>${t.check}</button></form>`
    : `<p>${t.byCommand}</p>
<div class="card"><p><code dir="ltr">SALUS_BACKUP_PASSPHRASE=… npm run salus -- restore your.backup</code></p></div>`
  return htmlPage(
    t.title,
    `<h1>${words.doors.restore}</h1>${fault === undefined ? '' : `<p class="error" role="alert" dir="auto">${escapeHtml(fault)}</p>`}${body}
<p class="links"><a href="/welcome?token=${encodeURIComponent(token)}">${words.back}</a></p>`,
    reader,
  )
}

/** How the restore went. */
export function restoredPage(reader: Reader, end: RestoreEnd | undefined): string {
  const words = hostTexts(reader.language)
  const t = words.restore
  if (end === undefined) {
    return htmlPage(t.title, `<h1>${t.nothing}</h1><p><a class="button" href="/">${words.goOn}</a></p>`, reader)
  }
  if ('fault' in end) {
    return htmlPage(
      t.title,
      `<h1>${t.failed}</h1><p class="error" role="alert" dir="auto">${escapeHtml(end.fault)}</p>
<p>${t.asBefore}</p>`,
      reader,
    )
  }
  return htmlPage(
    t.title,
    `<h1>${t.done}</h1><p>${t.stateOf(escapeHtml(end.createdAt.slice(0, 16).replace('T', ' ')))}</p>
<p><a class="button" href="/app/sign-in">${words.signIn}</a> <a class="button quiet" href="/sign-in">${t.withoutScripts}</a></p>`,
    reader,
  )
}

/** Asks a visitor of the demo whether to begin for real. */
export function minePage(reader: Reader): string {
  const { mine: t } = hostTexts(reader.language)
  return htmlPage(
    t.title,
    `<h1>${t.heading}</h1><p>${t.text}</p>
<form method="post" action="/welcome/mine"><button>${t.leave}</button></form><p class="links"><a href="/app/today">${t.stay}</a></p>`,
    reader,
  )
}
