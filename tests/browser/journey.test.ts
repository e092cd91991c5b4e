import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openStage, type Stage, settled, signUp, skip, type Visit } from './browser.ts'
import { faultAt } from './faultAt.ts'
import { knownPlaces } from './screens.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'

describe('the web client: a person uses it', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    page = visit.page
  })
  after(() => stage?.close())

  const clickPlace = (name: string) => page.locator('nav.places').getByRole('link', { name, exact: true }).click()
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])

  /** Goes there within the page, and waits for words that only stand there. */
  const within = async (address: string, words: string | RegExp) => {
    await page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, address)
    await page.locator('.empty', { hasText: words }).waitFor()
  }
  /** Every address with something to name names nothing: each says so, and has one way on. */
  const namesNothing = async (whose: 'own' | 'theirs') => {
    // Of another's record those that ask the server; the first questions are always about whoever signed in.
    const sign = whose === 'own' ? ':' : ':id'
    const patterns = knownPlaces().flatMap(({ path }) => (path.includes(sign) ? path : []))
    assert.ok(patterns.length >= 8)
    const addresses = patterns.map((one) => one.replace(':id', NOBODY).replaceAll(/:\w+/g, 'nothing'))
    for (const address of [
      ...addresses,
      `/app/records/conditions/${NOBODY}`,
      '/app/records/none',
      '/app/imports/none',
    ]) {
      await within('/app/nowhere', 'leads nowhere')
      await within(address, 'Not found: ')
      await page.waitForFunction(() => document.title === 'There is nothing here · Salus')
      assert.equal(await page.locator('#content a').count(), 1, address)
      assert.equal(await page.locator('.guest-bar').count(), whose === 'own' ? 0 : 1, address)
    }
    await within('/app/nowhere', 'leads nowhere')
    const faults = visit.faults.splice(0)
    assert.deepEqual(
      faults.filter((one) => !/404|422/.test(one)),
      [],
    )
  }

  test('the front page asks a stranger to sign in; a weak password is refused at its field', async () => {
    await page.goto('/app')
    await heading('Welcome back')
    noFaults()
    await page.getByRole('link', { name: 'Create your record' }).click()
    await page.getByLabel('Your name').fill('Noor Example')
    await page.getByLabel('E-mail').fill('noor@example.test')
    await page.getByLabel('Password').fill('short')
    await page.getByRole('button', { name: 'Create your record' }).click()
    const field = page.getByLabel('Password')
    await page.locator('[name=password][aria-invalid=true]').waitFor()
    const fault = page.locator(`[id="${(await field.getAttribute('aria-describedby'))?.split(' ').at(-1)}"]`)
    assert.match(await fault.innerText(), /at least 8 characters/)
    assert.equal(await field.evaluate((one) => one === document.activeElement), true)
    visit.faults.length = 0
  })

  test('signing up opens an empty day with one way on', async () => {
    await page.getByLabel('Password').fill('a Phrase 4 you')
    await page.getByRole('button', { name: 'Create your record' }).click()
    await heading(/Noor/)
    await page.getByRole('link', { name: 'Add the first one' }).waitFor()
    const cookies = await visit.context.cookies()
    const session = cookies.find((one) => one.name === 'salus_session')
    assert.deepEqual([session?.httpOnly, session?.sameSite], [true, 'Strict'])
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    assert.doesNotMatch(kept, /eyJ|rt_|session_/)
    noFaults()
  })

  test('a weight is added in two taps, after a badly typed one was refused', async () => {
    await clickPlace('Add')
    await page.getByRole('link', { name: 'Weight' }).click()
    await page.getByLabel('Value').fill('about 70')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Write a number').waitFor()
    await page.getByLabel('Value').fill('9000')
    await page.getByRole('button', { name: 'Save' }).click()
    const { said, isFocused } = await faultAt(page, 'value')
    assert.match(said, /650/)
    assert.equal(isFocused, true)
    visit.faults.length = 0
    await page.getByLabel('Value').fill('71,5')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Weight 71.5 kg saved').waitFor()
    await page.locator('.tile', { hasText: 'Weight' }).getByText('71.5').waitFor()
    noFaults()
  })

  test('it is on Trends, with its chart, its table and the evidence', async () => {
    await clickPlace('Trends')
    await page.getByRole('link', { name: /Weight/ }).click()
    await heading('Weight')
    await page.locator('.plot canvas').waitFor()
    await page.getByText('Show as a table').click()
    await page.getByRole('cell', { name: '71.5' }).waitFor()
    await page.getByText('Not enough data').waitFor()
    await page.getByText('How do we know?').click()
    await page.getByText(/Theil.Sen/).waitFor()
    noFaults()
  })

  test('what was there already is not taken back with the second try', async () => {
    for (const said of ['Weight 70 kg saved', 'This measurement was there already']) {
      await page.goto('/app/add/weight')
      await page.getByLabel('Value').fill('70')
      await page.getByLabel('When').fill('2026-01-02T07:30')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText(said, { exact: true }).waitFor()
    }
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0)
    noFaults()
  })

  test('what was saved can be taken back', async () => {
    await page.goto('/app/add/temperature')
    await page.getByLabel('Value').fill('37.2')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Taken back.').waitFor()
    await page.locator('.tile', { hasText: 'temperature' }).waitFor({ state: 'detached' })
    noFaults()
  })

  test('one tap says how the person feels, and the Wellness page shows it', async () => {
    await clickPlace('Today')
    await page.getByRole('button', { name: '7 of 10' }).click()
    await page.getByText('Noted: 7 of 10').waitFor()
    await page.getByText(/^Last: 7/).waitFor()
    await clickPlace('More')
    await page.getByRole('link', { name: 'Wellness' }).click()
    await page.getByText('on average in 30 days').waitFor()
    await page.locator('.plot canvas').waitFor()
    // A chart takes the colours of the theme that comes.
    const byDay = await page.evaluate(() => document.querySelector('canvas')?.toDataURL())
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForFunction((before) => document.querySelector('canvas')?.toDataURL() !== before, byDay)
    await page.emulateMedia({ colorScheme: 'light' })
    noFaults()
  })

  test('a grave blood pressure says what the rule says, until the person goes on; its alert is acknowledged', async () => {
    await page.goto('/app/add/blood-pressure')
    await page.getByLabel('Upper').fill('190')
    await page.getByLabel('Lower').fill('125')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.result.bad').waitFor()
    await page.getByText('Source:').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.locator('.tile', { hasText: 'Blood pressure' }).getByText('190/125').waitFor()
    // Alerts are raised right after the measurement is kept.
    await page.goto('/app/alerts')
    const seen = page.getByRole('button', { name: 'I have seen it' })
    while ((await seen.count()) === 0) {
      await page.reload()
      await settled(page)
    }
    const before = await seen.count()
    await seen.first().click()
    await page.getByText('Noted that you have seen it.').waitFor()
    await page.waitForFunction(
      (n) => [...document.querySelectorAll('button')].filter((one) => one.textContent === 'I have seen it').length < n,
      before,
    )
    noFaults()
  })

  test("another person's record is under a bar that says so, and nothing of one shows in the other", async () => {
    await clickPlace('More')
    await page.getByRole('link', { name: /Family/ }).click()
    await page.getByRole('button', { name: 'Add a person' }).click()
    await page.getByLabel('Name').fill('Meera')
    await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
    await page.getByRole('button', { name: 'Open record' }).click()
    await page.getByText('You are looking at Meera’s record').waitFor()
    await page.getByText('Nothing is measured yet').waitFor()
    await page.getByText('How is Meera feeling?').waitFor()
    await page.goto('/app/add/weight')
    await page.getByText('You are looking at Meera’s record').waitFor()
    await page.getByLabel('Value').fill('29')
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    await page.route('**/api/v1/metrics', async (route) => held.then(() => route.continue()))
    await page.getByRole('button', { name: 'Save' }).click()
    // Until it is saved nobody turns to another record and finds it said there.
    await page.locator('.guest-bar button:disabled').waitFor()
    assert.equal(await page.getByLabel('Whose record is shown').isDisabled(), true)
    letGo()
    await page.locator('.tile', { hasText: 'Weight' }).getByText('29').waitFor()
    noFaults()
    await namesNothing('theirs')
    await page.goto('/app/today')
    await page.getByRole('button', { name: 'Back to mine' }).click()
    await page.locator('.tile', { hasText: 'Weight' }).getByText('71.5').waitFor()
    assert.equal(await page.getByText('You are looking at').count(), 0)
    noFaults()
  })

  test('an address that names nothing says what was not found, and leads on', async () => {
    await namesNothing('own')
    await within('/app/trends/nothing', 'Not found: nothing')
    await page.locator('#content').getByRole('link', { name: 'Trends' }).click()
    await heading('Trends')
    noFaults()
  })

  test('a button that is pressed twice does it once', async () => {
    await visit.open('/app/my-data')
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    let asked = 0
    await page.route('**/api/v1/my-data/exports', async (route) => {
      if (route.request().method() === 'POST') {
        asked += 1
        await held
      }
      await route.continue()
    })
    await page.getByRole('button', { name: 'Make the zip' }).dblclick()
    letGo()
    await page.getByText(/^(Being made|Ready)/).waitFor()
    assert.equal(asked, 1)
    noFaults()
  })

  test('keyboard alone: the first stop skips the navigation, a dialog holds the focus and gives it back', async () => {
    await page.goto('/app/goals')
    await page.getByText('No goal is set').waitFor()
    const opener = page.getByRole('button', { name: 'Set a goal' })
    await opener.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.closest('dialog') !== null), true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(await opener.evaluate((one) => one === document.activeElement), true)
    await page.reload()
    await settled(page)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the content')
    noFaults()
  })

  test('a key is shown once; a session that was ended elsewhere asks to sign in again', async () => {
    await page.goto('/app/account')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = await page.locator('.secret code').innerText()
    assert.match(key, /^usr_/)
    await page.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByRole('button', { name: 'End key' }).waitFor()
    assert.equal(await page.getByText(key).count(), 0)
    noFaults()
    const { origin } = stage
    await page.goto('/app/records/add/conditions')
    await page.getByLabel('What is it?').fill('Migraine with aura')
    await page.reload()
    await page.getByLabel('Notes').fill('Since the move')
    await visit.context.request.post('/api/v1/auth/logout-all', { data: {}, headers: { origin } })
    await page.getByRole('button', { name: 'Save' }).click()
    await heading('Welcome back')
    await page.getByText('what you typed is kept').waitFor()
    visit.faults.length = 0
  })

  test('signing in comes back, with what was typed; signing out ends it, and leaves nothing of it here', async () => {
    await page.getByLabel('E-mail').fill('noor@example.test')
    await page.getByLabel('Password').fill('not the phrase 1')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('not right').waitFor()
    visit.faults.length = 0
    await page.getByLabel('Password').fill('a Phrase 4 you')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading('A condition')
    assert.equal(await page.getByLabel('What is it?').inputValue(), 'Migraine with aura')
    assert.equal(await page.getByLabel('Notes').inputValue(), 'Since the move')
    await clickPlace('More')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading('Welcome back')
    assert.equal((await visit.context.cookies()).length, 0)
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    assert.doesNotMatch(kept, /Migraine|weight/)
    await page.goto('/app/today')
    await heading('Welcome back')
    noFaults()
  })

  test('a page of another site changes nothing with the cookie', async () => {
    const victim = await stage.visit()
    await signUp(victim, stage.origin, 'Victim')
    const forged = await victim.context.request.put('/api/v1/auth/me', {
      data: { name: 'Forged' },
      headers: { origin: 'https://evil.example.test' },
    })
    assert.equal(forged.status(), 403)
    await victim.context.close()
  })
})
