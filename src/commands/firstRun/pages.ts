import { escapeHtml, htmlPage } from '../../kernel/http/html.ts'
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
export function doorsPage({ token, fault, hasDemo }: Doors): string {
  const demo = `<section class="card"><h2>Look around with demo data</h2>
<p>A family of four made-up people with months of made-up data. One button removes it again.</p>
<form method="post" action="/welcome/demo"><button>Look around</button></form></section>`
  return htmlPage(
    'Welcome',
    `<h1>Welcome to Salus</h1><p>Your health record, on your own machine. How would you like to begin?</p>
${fault === undefined ? '' : `<p class="error" role="alert" id="fault">${escapeHtml(fault)}</p>`}
${hasDemo ? demo : ''}
<section class="card"><h2>Start with my own</h2>${token === undefined ? askForLink(fault) : ownDoor(token)}</section>
<section class="card"><h2>Restore from a backup</h2>
<p>Everything comes back as it was: people, files, keys and the log of who saw what.</p>
${token === undefined ? '<p class="soft">Needs the set-up link: whoever restores decides what stands here.</p>' : `<p><a class="button quiet" href="/welcome/restore?token=${encodeURIComponent(token)}">Choose the backup</a></p>`}</section>
<p class="links"><a href="/sign-in">Sign in</a><a href="/status">Status</a><a href="/developers">For developers</a></p>`,
  )
}

function ownDoor(token: string): string {
  return `<p>You become the administrator. Then a few questions, each of which you can skip.</p>
<p><a class="button" href="/auth/setup?token=${encodeURIComponent(token)}">Start</a></p>`
}

function askForLink(fault: string | undefined): string {
  const described = fault === undefined ? '' : ' aria-describedby="fault"'
  return `<p>Salus printed a set-up link where it was started. Open it, or paste it here.</p>
<form method="get" action="/welcome"><label for="link">Set-up link</label>
<input id="link" name="link" autocomplete="off" spellcheck="false" maxlength="500" required${described}><button>Go on</button></form>
<p class="soft below">Without the link you can <a href="/register">make an ordinary account</a>.</p>`
}

/** The form that takes a backup. `isHere` is false where only the command can bring one back. */
export function restorePage(options: { token: string; isHere: boolean; fault?: string | undefined }): string {
  const { token, isHere, fault } = options
  const body = isHere
    ? `<p>Choose the file that <code>npm run salus -- backup</code> wrote. It is read to its end first; what is here now is
replaced only when all of it is whole.</p>
<form class="card" method="post" enctype="multipart/form-data" action="/welcome/restore?token=${encodeURIComponent(token)}">
<label for="passphrase">Passphrase of the backup</label>
<input id="passphrase" name="passphrase" type="password" autocomplete="off" maxlength="1000">
<p class="soft">Leave it empty for a backup that was written without one.</p>
<label for="backup">Backup file</label><input id="backup" name="backup" type="file" required>
<button>Check and restore</button></form>`
    : `<p>This platform keeps its data in a PostgreSQL server of its own, or runs every service apart. There, a backup is
brought back by one command, while the platform is stopped:</p>
<div class="card"><p><code>SALUS_BACKUP_PASSPHRASE=… npm run salus -- restore your.backup</code></p></div>`
  return htmlPage(
    'Restore',
    `<h1>Restore from a backup</h1>${fault === undefined ? '' : `<p class="error" role="alert">${escapeHtml(fault)}</p>`}${body}
<p class="links"><a href="/welcome?token=${encodeURIComponent(token)}">Back</a></p>`,
  )
}

/** How the restore went. */
export function restoredPage(end: RestoreEnd | undefined): string {
  if (end === undefined) {
    return htmlPage('Restore', '<h1>Nothing was restored</h1><p><a class="button" href="/">Go on</a></p>')
  }
  if ('fault' in end) {
    return htmlPage(
      'Restore',
      `<h1>The backup did not come back</h1><p class="error" role="alert">${escapeHtml(end.fault)}</p>
<p>Everything is as it was before. To try again, open the new set-up link that Salus has just printed.</p>`,
    )
  }
  return htmlPage(
    'Restore',
    `<h1>Everything is back</h1><p>The state of ${escapeHtml(end.createdAt.slice(0, 16).replace('T', ' '))} UTC. Sign in as you did then.</p>
<p><a class="button" href="/app/sign-in">Sign in</a> <a class="button quiet" href="/sign-in">Without scripts</a></p>`,
  )
}

/** Asks a visitor of the demo whether to begin for real. */
export function minePage(): string {
  return htmlPage(
    'Start with my data',
    `<h1>Start with your own data</h1><p>You leave the demo and make an account of your own. Nothing of the demo comes along;
whoever runs this platform can remove it with one button.</p>
<form method="post" action="/welcome/mine"><button>Leave the demo</button></form><p class="links"><a href="/app/today">Stay in the demo</a></p>`,
  )
}

/** For what can't go on. */
export function refusalPage(title: string, text: string): string {
  return htmlPage(
    title,
    `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p><p class="links"><a href="/">Back</a></p>`,
  )
}
