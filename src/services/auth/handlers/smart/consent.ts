import { PlatformError } from '../../../../kernel/errors.ts'
import { readerOf } from '../../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { authSettings } from '../../domain/settings.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { findAccount } from '../../store/accounts.ts'
import type { LiveSession } from '../../store/sessions.ts'
import { takePending } from '../../store/smart/flow.ts'
import { insertCode, insertGrant } from '../../store/smart/grants.ts'
import { authTexts } from '../../texts/texts.ts'
import { type Flow, flowOf, isOwnForm, keyOf, signedIn, socialOf } from './flow.ts'
import { textOf } from './oauth.ts'
import { consentPage, DAYS, errorPage, signInPage } from './pages.ts'
import { type RecordChoice, recordChoices } from './records.ts'
import { redirectTo } from './redirect.ts'

const CODE_SECONDS = 60

/** Goes on with an authorisation that this browser began. */
export async function continueApp(context: Context, request: RawRequest): Promise<RawAnswer> {
  const found = await flowOf(context, request, request.query.request ?? '')
  if (found === undefined) return errorPage(readerOf(request), (t) => t.over)
  if (request.query.switch === '1')
    return signInPage({
      social: socialOf(context),
      ...found,
      reader: readerOf(request),
      target: found.parameters.redirectUri,
    })
  return showConsent(context, request, found)
}

/** The page on which a person decides; the sign-in before it when nobody is signed in. */
export async function showConsent(
  context: Context,
  request: RawRequest,
  flow: Flow,
  fault?: string,
): Promise<RawAnswer> {
  const target = flow.parameters.redirectUri
  const session = await signedIn(context, request)
  const reader = readerOf(request)
  if (session === undefined) return signInPage({ social: socialOf(context), ...flow, reader, target })
  const choices = await choicesOf(context, session, flow)
  if (choices.length === 0) return errorPage(reader, (t) => t.somebodyElse)
  const { db } = context.system('the name of who is signed in')
  const account = await findAccount(db, session.user_id, context.now())
  // What a provider calls the account says nothing to its holder.
  const handle = account?.identities.find(({ kind }) => kind === 'email' || kind === 'phone')
  const named = handle?.value ?? account?.display_name ?? ''
  const shown = { ...flow, reader, target, account: named, scopes: flow.parameters.scopes, choices }
  return consentPage(fault === undefined ? shown : { ...shown, fault })
}

async function choicesOf(context: Context, session: LiveSession, { parameters }: Flow): Promise<RecordChoice[]> {
  const { launch } = parameters
  if (launch === null) return recordChoices(context, session.user_id)
  if (launch.accountId !== session.user_id) return []
  const known = (await recordChoices(context, session.user_id)).find(
    (one) => one.personId === launch.personId && one.patient === launch.patient,
  )
  if (known !== undefined) return [known]
  const { personId, patient } = launch
  const isOwn = personId === session.user_id
  return [{ personId, patient, isOwn, name: '', detail: isOwn ? '' : patient }]
}

/** What the person decided: the browser goes back to the app, with a code or with a refusal. */
export async function decideApp(context: Context, request: RawRequest): Promise<RawAnswer> {
  if (!isOwnForm(context, request)) throw new PlatformError('forbidden', 'This form is not one of ours')
  const form = new URLSearchParams(await textOf(request))
  const found = await flowOf(context, request, form.get('request') ?? '')
  if (found === undefined) return errorPage(readerOf(request), (t) => t.over)
  const { redirectUri, state } = found.parameters
  const { db } = context.system('the request is answered once')
  const back = (parameters: Readonly<Record<string, string>>) =>
    redirectTo(redirectUri, { ...parameters, state, iss: context.publicUrl })
  const refused = { error: 'access_denied', error_description: 'The person did not allow it' }
  if (form.get('decision') !== 'allow') {
    await takePending(db, keyOf(request, found.flow), context.now())
    return back(refused)
  }
  const session = await signedIn(context, request)
  if (session === undefined)
    return signInPage({ social: socialOf(context), ...found, reader: readerOf(request), target: redirectUri })
  const choices = await choicesOf(context, session, found)
  const choice = choices.find((one) => `${one.personId}:${one.patient}` === form.get('record'))
  if (choice === undefined)
    return showConsent(context, request, found, authTexts(readerOf(request).language).apps.choose)
  const scopes = tickedScopes(found.parameters.scopes, form, choice)
  if (!scopes.some((one) => /^(?:patient|user)\//.test(one) || one === 'openid')) {
    return showConsent(context, request, found, authTexts(readerOf(request).language).apps.leaveOne)
  }
  // Two answers at once: one of them counts.
  if ((await takePending(db, keyOf(request, found.flow), context.now())) === undefined)
    return errorPage(readerOf(request), (t) => t.over)
  return back({
    code: await keepDecision(context, found, {
      session,
      choice,
      scopes,
      days: form.get('days'),
      ...wideOf(form, choices, scopes),
    }),
  })
}

/** What was asked for and not unticked. Who reads for somebody else is no resource of that record: there is no fhirUser. */
function tickedScopes(asked: readonly string[], form: URLSearchParams, choice: RecordChoice): string[] {
  const ticked = new Set(form.getAll('scope').flatMap((one) => one.split(' ')))
  return asked.filter((one) => {
    if (one === 'launch' || one.startsWith('launch/')) return true
    return ticked.has(one) && (one !== 'fhirUser' || choice.isOwn)
  })
}

/** All records were offered beside the chosen one, and the tick stayed: that is about `user/` scopes. */
function wideOf(form: URLSearchParams, choices: readonly RecordChoice[], scopes: readonly string[]) {
  const isOffered = new Set(choices.map((one) => one.personId)).size > 1
  return { isWide: isOffered && form.get('all_records') === '1' && scopes.some((one) => one.startsWith('user/')) }
}

interface Decision {
  readonly session: LiveSession
  readonly choice: RecordChoice
  readonly scopes: readonly string[]
  readonly days: string | null
  readonly isWide: boolean
}

async function keepDecision(context: Context, { client, parameters }: Flow, decision: Decision): Promise<string> {
  const { session, choice, scopes, days, isWide } = decision
  const now = context.now()
  const code = newSecret()
  const grantId = context.newId()
  const isOffline = scopes.includes('offline_access')
  const isLasting = isOffline || scopes.includes('online_access')
  const wanted = DAYS.find((one) => String(one) === days) ?? 1
  const { appTokenMinutes } = settingsOf(context, authSettings)
  const lifetimeMs = isLasting ? wanted * 86_400_000 : appTokenMinutes * 60_000 + CODE_SECONDS * 1000
  const { launch, redirectUri, challenge, nonce } = parameters
  await context.system('the decision of whoever is signed in in this browser').db.batch([
    insertGrant(
      {
        id: grantId,
        personId: choice.personId,
        grantedBy: session.user_id,
        clientId: client.id,
        scopes,
        patient: choice.patient,
        context: launch?.context ?? {},
        sessionId: isLasting && !isOffline ? session.session_id : null,
        expiresAt: new Date(now.getTime() + lifetimeMs),
        spansRecords: isWide,
      },
      now,
    ),
    insertCode({
      hash: secretHash(code),
      grantId,
      personId: choice.personId,
      redirectUri,
      challenge,
      nonce,
      expiresAt: new Date(now.getTime() + CODE_SECONDS * 1000),
    }),
  ])
  const holder = context.asHolder(session.user_id, choice.personId, 'health_records')
  holder.audit({ action: 'app_allowed', grantId, reason: `app:${client.id}` })
  return code
}
