import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  openStage,
  overflowOf,
  type Stage,
  settled,
  skip,
  smallTargetsOf,
  type Visit,
  violationsOf,
} from './browser.ts'

const PASSWORD = 'a Phrase 4 you'
const DESK = '/app/operations'
const TABS = ['', '/requests', '/work', '/trust', '/accounts', '/setup', '/logs']

/** The first administrator, made by the link that the platform printed; answers a way to call the API as they do. */
async function administrator(stage: Stage, { context, open }: Visit) {
  const token = /token=([\w-]+)/.exec(stage.printed())?.[1] as string
  const form = { token, email: 'operator@example.test', password: PASSWORD, repeated: PASSWORD }
  assert.equal((await context.request.post('/auth/setup', { form })).status(), 201)
  const post = async (path: string, data: object) => {
    const answer = await context.request.post(`/api/v1${path}`, { data, headers: { origin: stage.origin } })
    assert.ok(answer.ok(), `${path} ${answer.status()} ${await answer.text()}`)
  }
  await post('/auth/web/sign-in', { email: form.email, password: PASSWORD })
  await open('/app/more')
  return post
}

const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()

describe('operations and passkeys in the browser', { skip }, () => {
  let stage: Stage
  let visit: Visit
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    const post = await administrator(stage, visit)
    await post('/my-data/grievances', { subject: 'A number is wrong', detail: 'My weight of May is not mine.' })
  })
  after(() => stage?.close())

  test('every part has no barrier in light and dark, and fits 320, 390 and 1280', async () => {
    const { page, faults, open } = visit
    for (const tab of TABS) {
      await page.setViewportSize({ width: 390, height: 844 })
      await open(`${DESK}${tab}`)
      for (const width of [320, 1280, 390]) {
        await page.setViewportSize({ width, height: 844 })
        assert.equal(await overflowOf(page), 0, `${tab} is wider than ${width}`)
      }
      assert.deepEqual(await smallTargetsOf(page), [], tab)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        assert.deepEqual(await violationsOf(page), [], `${tab} ${colorScheme}`)
      }
    }
    assert.deepEqual(faults.splice(0), [])
  })

  test('the operator answers a request, notes a breach, checks the audit and looks for a line of the log', async () => {
    const { page, faults, open } = visit
    await open('/app/more')
    await page.getByRole('link', { name: /Operations/ }).click()
    await page.getByText('Version').waitFor()
    await page.getByRole('link', { name: 'People', exact: true }).click()
    await page.getByRole('button', { name: 'Answer' }).click()
    assert.deepEqual(await violationsOf(page), [])
    await page.getByLabel('Your answer').fill('It was moved to whom it belongs.')
    await page.getByRole('button', { name: 'Send the answer' }).click()
    await said(page, 'The answer was sent.')
    await page.getByText('Nobody waits for an answer.').waitFor()
    await page.getByRole('button', { name: 'Record a breach' }).click()
    assert.deepEqual(await violationsOf(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Trust' }).click()
    await page.getByRole('button', { name: 'Check the audit now' }).click()
    await page.getByText(/^Whole: /).waitFor()
    await page.getByRole('link', { name: 'Log', exact: true }).click()
    await page.getByLabel('From level').selectOption('error')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('No line fits.').waitFor()
    assert.deepEqual(faults.splice(0), [])
  })

  test('who does not run the platform finds no way there, and the address tells nothing', async () => {
    const { page, faults, open, context } = await stage.visit()
    const data = { email: 'patient@example.test', password: PASSWORD, full_name: 'Patient' }
    await context.request.post('/api/v1/auth/web/register', { data, headers: { origin: stage.origin } })
    await open('/app/more')
    assert.equal(await page.getByRole('link', { name: /Operations/ }).count(), 0)
    for (const tab of TABS) {
      await open(`${DESK}${tab}`)
      await page.getByText('This page is for those who run the platform.').waitFor()
    }
    assert.deepEqual(faults, [])
    await context.close()
  })

  test('roles are changed and an account is shut out and let in again', async () => {
    const { page, faults, open } = visit
    await open(`${DESK}/accounts`)
    const row = page.getByRole('listitem').filter({ hasText: 'patient@example.test' })
    await row.getByRole('button', { name: 'Change' }).click()
    assert.deepEqual(await violationsOf(page), [])
    await page.getByRole('dialog').getByLabel('Caregiver').check()
    await page.getByRole('button', { name: 'Save the roles' }).click()
    await said(page, 'The roles were changed.')
    await row.getByText(/Caregiver/).waitFor()
    await row.getByRole('button', { name: 'Change' }).click()
    await page.getByRole('button', { name: 'Suspend', exact: true }).click()
    await row.getByText('Suspended').waitFor()
    await row.getByRole('button', { name: 'Change' }).click()
    await page.getByRole('button', { name: 'Let in again' }).click()
    await said(page, 'The account may sign in again.')
    assert.deepEqual(faults.splice(0), [])
  })

  test('a passkey is made in the account, opens the account without a password, and is removed', async () => {
    // Browsers give no passkeys to an address that is a number.
    const origin = stage.origin.replace('127.0.0.1', 'localhost')
    const context = await stage.browser.newContext({ viewport: { width: 390, height: 844 }, baseURL: origin })
    context.setDefaultTimeout(10_000)
    const page = await context.newPage()
    const faults: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(error.message))
    const devtools = await context.newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
    } as const
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
    })
    const data = { email: 'keys@example.test', password: PASSWORD, full_name: 'Keys Example' }
    await context.request.post('/api/v1/auth/web/register', { data, headers: { origin } })

    await page.goto('/app/account')
    await settled(page)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    assert.deepEqual(await violationsOf(page), [])
    await page.getByLabel('What you call it').fill('My phone')
    await page.getByRole('dialog').getByLabel('Your password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Go on' }).click()
    await said(page, 'The passkey was added.')
    await page.getByText('My phone').waitFor()
    await page.getByText('No app may read this record.').waitFor()

    await context.clearCookies()
    await page.goto('/app/sign-in')
    await settled(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('navigation').first().waitFor()

    await page.goto('/app/account')
    await settled(page)
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('dialog').getByLabel('What you call it').fill('Old phone')
    await page.getByRole('button', { name: 'Save', exact: true }).last().click()
    const row = page.getByRole('listitem').filter({ hasText: 'Old phone' })
    await row.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No passkey yet.').waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })
})
