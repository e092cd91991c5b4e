import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { openStage, type Stage, settled, signUp, skip, type Visit } from './browser.ts'
import { faultAt } from './faultAt.ts'

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

describe('the web client: goals, symptoms, and the second step', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  before(async () => {
    stage = await openStage()
    visit = await stage.visit({ width: 1280 })
    page = visit.page
    await signUp(visit, stage.origin, 'Tara')
  })
  after(() => stage?.close())

  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])

  test('a goal is set, says what it lacks, is paused and removed', async () => {
    await visit.open('/app/goals')
    await page.getByRole('button', { name: 'Set a goal' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Value').fill('much less')
    await dialog.getByRole('button', { name: 'Set a goal' }).click()
    await dialog.getByText('Write a number').waitFor()
    await dialog.getByLabel('Value').fill('65')
    await dialog.getByLabel('Until').fill('2020-02-02')
    await dialog.getByRole('button', { name: 'Set a goal' }).click()
    await dialog.getByText(/^Not before /).waitFor()
    await dialog.getByLabel('Until').fill(inDays(40))
    await dialog.getByRole('button', { name: 'Set a goal' }).click()
    await page.getByRole('heading', { name: 'My goal: weight' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No goal is set').waitFor()
    noFaults()
  })

  test('a symptom is written into the diary, removed, and brought back', async () => {
    await visit.open('/app/add/symptom')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.deepEqual(await faultAt(page, 'symptom_name'), { said: 'This is needed.', isFocused: true })
    assert.equal(await page.getByLabel('What is it?').getAttribute('aria-required'), 'true')
    // Nothing was sent, so nothing was refused.
    noFaults()
    await page.getByLabel('What is it?').fill('Headache')
    await page.getByRole('radio', { name: '7', exact: true }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Severe · 7/10').waitFor()
    await page.getByRole('button', { name: 'Remove Headache' }).click()
    await page.getByText('The diary is empty').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Severe · 7/10').waitFor()
    noFaults()
  })

  test('what the emergency card lacks is one step away', async () => {
    await visit.open('/app/emergency-card')
    await page.getByRole('link', { name: /^Say your blood group/ }).click()
    await page.getByLabel('Blood group').selectOption('O-')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await visit.open('/app/emergency-card')
    await page.getByText('O-', { exact: true }).first().waitFor()
    assert.equal(await page.getByText('Say your blood group').count(), 0)
    noFaults()
  })

  test('a pregnancy is said with its due date, keeps the day it was said, and is taken away again', async () => {
    const saved = async () => {
      const [answer] = await Promise.all([
        page.waitForResponse((one) => one.request().method() === 'PATCH' && one.url().endsWith('/profile')),
        page.getByRole('button', { name: 'Save' }).click(),
      ])
      const { pregnancy_status: status, pregnancy_due_date: due, date_of_birth: born } = await answer.json()
      return { status, due, born, sent: answer.request().postDataJSON() }
    }
    await visit.open('/app/facts')
    await page.getByLabel('Date of birth').fill('1994-05-06')
    await page.getByLabel('Pregnant').selectOption('Yes')
    await page.getByLabel('Due date').fill(inDays(400))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/^Not after /).waitFor()
    const [due, later] = [inDays(200), inDays(207)]
    await page.getByLabel('Due date').fill(due)
    assert.deepEqual((({ sent: _sent, ...known }) => known)(await saved()), {
      ...{ status: 'pregnant', due, born: '1994-05-06' },
    })
    await visit.open('/app/facts')
    await page.getByLabel('Due date').fill(later)
    assert.ok(!('pregnancy_status' in (await saved()).sent))
    await page.getByLabel('Sex at birth').selectOption('Male')
    assert.equal(await page.getByLabel('Pregnant').count(), 0)
    assert.deepEqual((({ status, due }) => [status, due])(await saved()), [null, null])
    noFaults()
  })

  test('the password is changed in place; a wrong one is said', async () => {
    await visit.open('/app/account')
    await page.getByRole('heading', { name: 'Password' }).click()
    await page.getByLabel('Current password').fill('not the phrase 1')
    await page.getByLabel('New password').fill('an other Phrase 5')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.locator('form .notice.bad').waitFor()
    visit.faults.length = 0
    await page.getByLabel('Current password').fill('a Phrase 4 you')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password was changed').waitFor()
    noFaults()
  })

  test('the second step: the code is drawn here, confirmed, and asked for at the next sign-in', async () => {
    await visit.open('/app/account')
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByLabel('Password', { exact: true }).fill('an other Phrase 5')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    const secret = (await page.locator('.secret code').innerText()).replaceAll(' ', '')
    await page.getByLabel('Code of the app').fill(new TOTP({ secret }).generate())
    await page.getByRole('button', { name: 'Confirm' }).click()
    const backup = await page.locator('.codes code').first().innerText()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('10 backup codes are left').waitFor()
    noFaults()
    await page.goto('/app/more')
    await settled(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').fill('tara@example.test')
    await page.getByLabel('Password').fill('an other Phrase 5')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Code of your authenticator app').fill(backup)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('nav.places').waitFor()
    // The first try is refused with the question for the code.
    assert.deepEqual(
      visit.faults.splice(0).filter((one) => !/401/.test(one)),
      [],
    )
  })
})
