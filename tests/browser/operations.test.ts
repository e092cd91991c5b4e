import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openStage, type Stage, settled, skip, type Visit, violationsOf } from './browser.ts'
import { administrator, PASSWORD } from './household.ts'

/** All that the platform holds is read, beside everything else this machine does. */
const BACKUP_MS = 60_000
const DESK = '/app/operations'
const TABS = ['', '/requests', '/work', '/trust', '/accounts', '/setup', '/logs']

const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()

describe('operations and passkeys in the browser', { skip }, () => {
  let stage: Stage
  let visit: Visit
  before(async () => {
    stage = await openStage({ SALUS_BACKUP_PASSPHRASE: 'correct horse battery' })
    visit = await stage.visit()
    const api = await administrator(stage, visit)
    await api.post('/my-data/grievances', { subject: 'A number is wrong', detail: 'My weight of May is not mine.' })
  })
  after(() => stage?.close())

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

  test('a backup is made, checked and brought back for practice at the screen; a damaged one says that it is', async () => {
    const { page, faults, open } = visit
    await open(`${DESK}/setup`)
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'Backups' }) })
    const press = (name: string) => card.getByRole('button', { name }).click()
    await card.getByText('There is none in the data folder yet.').waitFor()
    await press('Make a backup now')
    await said(page, 'It has begun.')
    await card.getByText(/^Written and whole: \d+ tables/).waitFor({ timeout: BACKUP_MS })
    await press('Check')
    await card.getByText(/^Whole: \d+ tables/).waitFor({ timeout: BACKUP_MS })
    await press('Practise a restore')
    await card.getByText(/^The practice worked: \d+ tables/).waitFor({ timeout: BACKUP_MS })
    const folder = path.join(stage.folder, 'backups')
    const file = path.join(folder, readdirSync(folder).find((one) => one.endsWith('.backup')) as string)
    const bytes = readFileSync(file)
    const middle = bytes.length >> 1
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
    writeFileSync(file, bytes)
    await press('Check')
    const failed = card.locator('li', { hasText: 'Failed' })
    await failed.waitFor({ timeout: BACKUP_MS })
    assert.match(await failed.innerText(), /Failed\s+\S+/)
    assert.equal(await card.getByRole('button', { name: 'Make a backup now' }).isEnabled(), true)
    assert.deepEqual(await violationsOf(page), [])
    assert.deepEqual(faults.splice(0), [])
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
    const password = page.getByRole('dialog').getByLabel('Your password')
    assert.equal(await password.getAttribute('aria-required'), 'true')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('This is needed.').waitFor()
    await password.fill(PASSWORD)
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
