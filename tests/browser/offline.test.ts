import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openStage, type Stage, settled, signUp, skip, sosFaultOf, type Visit, violationsOf } from './browser.ts'

/** What this device holds in its database, by room. */
function heldBy({ page }: Visit): Promise<{ answers: unknown[]; outbox: unknown[] }> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await done(indexedDB.open('salus'))
    const all = (room: string) => done(database.transaction(room).objectStore(room).getAll())
    return { answers: await all('answers'), outbox: await all('outbox') }
  })
}

/** Waits until this device can start, and write down, without the server. */
async function installed(visit: Visit): Promise<void> {
  await visit.page.evaluate(async () => void (await navigator.serviceWorker.ready))
  for (;;) {
    const text = JSON.stringify((await heldBy(visit)).answers)
    if (text.includes('"default_unit"') && text.includes('"blood_group"')) return
    await visit.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
}

describe('the web client without its server', { skip }, () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.close())

  /** Somebody who is signed in, with one weight, on their day. */
  const somebody = async (name: string) => {
    const visit = await stage.visit()
    const post = await signUp(visit, stage.origin, name)
    await post('/metrics', { metric_type: 'weight', value: 70.4, unit: 'kg' })
    await post('/wellness/users', {})
    await visit.open('/app/today')
    await visit.page.locator('.tile', { hasText: '70.4' }).waitFor()
    await installed(visit)
    return visit
  }
  const listOf = async ({ context }: Visit, path: string) => {
    const answer = await context.request.get(`${stage.origin}/api/v1${path}`)
    assert.equal(answer.status(), 200)
    return (await answer.json()) as { items: { value?: number; symptom_name?: string }[] }
  }
  const valuesOf = async (visit: Visit, metric: string) =>
    (await listOf(visit, `/metrics?metric_type=${metric}`)).items.map((one) => one.value)
  const addValue = async ({ page }: Visit, name: string, value: string) => {
    await page.locator('nav.places').getByRole('link', { name: 'Add', exact: true }).click()
    await page.getByRole('link', { name, exact: true }).click()
    await page.getByLabel('Value').fill(value)
    await page.getByRole('button', { name: 'Save' }).click()
  }

  test('it can be installed: a manifest, icons that are pictures, and a worker that may see everything', async () => {
    const get = (path: string) => fetch(`${stage.origin}${path}`)
    const manifest = (await (await get('/manifest.webmanifest')).json()) as { icons: { src: string; sizes: string }[] }
    for (const { src, sizes } of manifest.icons) {
      const bytes = Buffer.from(await (await get(src)).arrayBuffer())
      if (src.endsWith('.svg')) assert.match(bytes.toString('utf8'), /^<svg .*<\/svg>$/)
      else assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes)
    }
    const worker = await get('/sw.js')
    assert.equal(worker.headers.get('cache-control'), 'no-cache')
    assert.match(worker.headers.get('content-security-policy') ?? '', /default-src 'none'; connect-src 'self'/)
    const shell = [...(await worker.text()).matchAll(/"(\/[\w./-]+\.\w+)"/g)].map((match) => match[1] as string)
    assert.ok(shell.length > 10)
    for (const path of shell) assert.equal((await get(path)).status, 200, path)
    assert.equal((await get('/web/sw.js')).status, 404)
  })

  test('a start without a line shows the last day with its age, and the day of now when the line is back', async () => {
    const visit = await somebody('Reload')
    const { page, context } = visit
    await context.setOffline(true)
    await page.reload()
    await page.locator('.tile', { hasText: '70.4' }).waitFor()
    await page.getByText(/You see what it said/).waitFor()
    assert.deepEqual(await violationsOf(page), [])
    await context.setOffline(false)
    await page.locator('.strip').waitFor({ state: 'detached' })
    await page.locator('.tile', { hasText: '70.4' }).waitFor()
    await context.close()
  })

  test('while the server is waking up the last answers are shown, not an error', async () => {
    const visit = await somebody('Waking')
    const { page, context } = visit
    const body = JSON.stringify({ status: 503, code: 'unavailable', detail: 'waking' })
    await page.route('**/api/v1/**', (route) =>
      route.fulfill({ status: 503, body, contentType: 'application/problem+json' }),
    )
    await page.reload()
    await page.locator('.tile', { hasText: '70.4' }).waitFor()
    await page.getByText(/The server is waking up/).waitFor()
    assert.equal(await page.locator('.notice.bad').count(), 0)
    await context.close()
  })

  test('what is noted without a line waits on the device, and is done once when the line is back', async () => {
    const visit = await somebody('Offline')
    const { page, context } = visit
    await context.setOffline(true)
    await addValue(visit, 'Weight', '71.5')
    await page.getByText('Saved on this device').waitFor()
    await page.getByText('1 entry waits on this device').waitFor()
    await page.getByRole('button', { name: '7 of 10' }).click()
    await page.getByText('2 entries wait on this device').waitFor()
    await page.locator('nav.places').getByRole('link', { name: 'Add', exact: true }).click()
    await page.getByRole('link', { name: 'A symptom' }).click()
    await page.getByLabel('What is it?').fill('Headache')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('3 entries wait on this device').waitFor()
    await page.locator('nav.places').getByRole('link', { name: 'Add', exact: true }).click()
    await page.getByRole('link', { name: 'Blood pressure' }).click()
    await page.getByLabel('Upper').fill('121')
    await page.getByLabel('Lower').fill('79')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('4 entries wait on this device').waitFor()
    // The page may be closed meanwhile.
    await page.reload()
    await page.getByText('4 entries wait on this device').waitFor()
    await page.getByRole('link', { name: 'Look' }).click()
    await page.getByRole('heading', { name: 'Saved on this device' }).waitFor()
    assert.deepEqual(await violationsOf(page), [])
    assert.deepEqual(await valuesOf(visit, 'weight'), [70.4])
    await context.setOffline(false)
    await page.getByText('Nothing waits').waitFor()
    await page.reload()
    await page.getByText('Nothing waits').waitFor()
    assert.deepEqual((await valuesOf(visit, 'weight')).toSorted(), [70.4, 71.5])
    assert.deepEqual(await valuesOf(visit, 'blood_pressure_systolic'), [121])
    const symptoms = (await listOf(visit, '/symptoms')).items
    assert.deepEqual(
      symptoms.map((one) => one.symptom_name),
      ['Headache'],
    )
    assert.deepEqual((await heldBy(visit)).outbox, [])
    await context.close()
  })

  test('units that are chosen without a line hold at once, also after a reload, and for the account when it is back', async () => {
    const visit = await somebody('Uma')
    const { page, context } = visit
    const inPounds = page.locator('.tile', { hasText: '155.2 lb' })
    await context.setOffline(true)
    await page.locator('nav.places').getByRole('link', { name: 'More', exact: true }).click()
    await page.getByRole('link', { name: /Units and dates/ }).click()
    await page.getByRole('radio', { name: 'lb · in · °F' }).check()
    await page.getByText('Saved on this device', { exact: false }).first().waitFor()
    await page.locator('nav.places').getByRole('link', { name: 'Today', exact: true }).click()
    await inPounds.waitFor()
    await page.reload()
    await inPounds.waitFor()
    const heard = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/preferences'))
    await context.setOffline(false)
    assert.equal((await heard).status(), 200)
    await inPounds.waitFor()
    await context.close()
  })

  test('what the server did before its answer was lost is not done again', async () => {
    const visit = await somebody('Lost')
    const { page, context } = visit
    let lost = 0
    await page.route('**/api/v1/symptoms', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.fallback()
      lost += 1
      assert.equal((await route.fetch()).status(), 201)
      await route.abort()
    })
    await page.goto('/app/add/symptom')
    await page.getByLabel('What is it?').fill('Cough')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('1 entry waits on this device').waitFor()
    assert.equal((await listOf(visit, '/symptoms')).items.length, 1)
    await page.getByRole('link', { name: 'Look' }).click()
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByText('Nothing waits').waitFor()
    assert.deepEqual([lost, (await listOf(visit, '/symptoms')).items.length], [1, 1])
    await context.close()
  })

  test('what the server will not have is kept with its reason, mended and sent', async () => {
    const visit = await somebody('Refused')
    const { page, context } = visit
    await context.setOffline(true)
    await addValue(visit, 'Weight', '9000')
    await page.getByText('1 entry waits on this device').waitFor()
    await addValue(visit, 'Weight', '72')
    await page.getByText('2 entries wait on this device').waitFor()
    await context.setOffline(false)
    await page.getByText('1 entry was not accepted').waitFor()
    await page.locator('.strip', { hasText: 'waits on' }).waitFor({ state: 'detached' })
    assert.deepEqual((await valuesOf(visit, 'weight')).toSorted(), [70.4, 72])
    await page.getByRole('link', { name: 'Look' }).click()
    await page.getByText(/Not accepted: value/).waitFor()
    await page.getByRole('button', { name: 'Mend' }).click()
    assert.deepEqual(await violationsOf(page), [])
    await page.getByRole('dialog').getByLabel('value').fill('71')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('Nothing waits').waitFor()
    assert.deepEqual((await valuesOf(visit, 'weight')).toSorted(), [70.4, 71, 72])
    await context.close()
  })

  test('signing out warns of what waits, then forgets everything; the next person sees and sends nothing of it', async () => {
    const visit = await somebody('Leaving')
    const { page, context } = visit
    await context.setOffline(true)
    await addValue(visit, 'Weight', '73')
    await page.getByText('1 entry waits on this device').waitFor()
    assert.ok((await heldBy(visit)).answers.length > 2)
    const signOut = async () => {
      await page.locator('nav.places').getByRole('link', { name: 'More', exact: true }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
    }
    await signOut()
    await page
      .getByRole('dialog')
      .getByText(/not sent/)
      .waitFor()
    await page.getByRole('button', { name: 'Stay signed in' }).click()
    assert.equal((await heldBy(visit)).outbox.length, 1)
    await signOut()
    await page.getByRole('button', { name: 'Discard and sign out' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await page.reload()
    await page.getByText('70.4').waitFor({ state: 'detached' })
    assert.deepEqual(await heldBy(visit), { answers: [], outbox: [] })
    // Signed out without a line, the session ends on the server as soon as there is one.
    await context.setOffline(false)
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    const answer = await context.request.get(`${stage.origin}/api/v1/auth/web/session`)
    assert.deepEqual(await answer.json(), { signed_in: false })
    await context.close()
  })

  test('what one account left behind unsent waits for it, and for nobody else', async () => {
    const visit = await somebody('First')
    const { page, context } = visit
    await context.setOffline(true)
    await addValue(visit, 'Weight', '74')
    await page.getByText('1 entry waits on this device').waitFor()
    // Their session ends elsewhere, and somebody else signs in.
    await context.clearCookies()
    await context.setOffline(false)
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await signUp(visit, stage.origin, 'Second')
    await visit.open('/app/today')
    await page.getByText('Nothing is measured yet').waitFor()
    assert.equal(await page.locator('.strip').count(), 0)
    assert.deepEqual(await valuesOf(visit, 'weight'), [])
    assert.equal((await heldBy(visit)).outbox.length, 1)
    await page.goto('/app/more')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').fill('first@example.test')
    await page.getByLabel('Password').fill('a Phrase 4 you')
    const sent = page.waitForResponse((one) => one.request().method() === 'POST' && one.url().endsWith('/metrics'))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    assert.equal((await sent).status(), 201)
    assert.deepEqual((await valuesOf(visit, 'weight')).toSorted(), [70.4, 74])
    await context.close()
  })
})

describe('the emergency page', { skip }, () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.close())

  test('a stranger reaches it, chooses a country and sees its numbers', async () => {
    const { page, context, open, faults } = await stage.visit({ width: 320 })
    await open('/app/sign-in')
    assert.equal(await sosFaultOf(page), undefined)
    await page.getByRole('link', { name: /SOS/ }).click()
    await settled(page)
    assert.deepEqual(await violationsOf(page), [])
    await page.getByLabel('You are in').selectOption('IN')
    const links = await page.locator('.sos-numbers a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    assert.deepEqual(links, ['tel:112', 'tel:108', 'tel:100', 'tel:101'])
    assert.deepEqual(faults, [])
    await context.close()
  })

  test('without a line and by keys alone it counts down, can be cancelled, dials and shows the card', async () => {
    const visit = await stage.visit()
    const { page, context, open } = visit
    await signUp(visit, stage.origin, 'Helped')
    const profile = {
      country: 'Germany',
      blood_type: 'A-',
      allergies: ['Penicillin'],
      emergency_contact_name: 'Rosa Example',
      emergency_contact_phone: '+49 30 5550100',
    }
    const origin = stage.origin
    const saved = await context.request.patch(`${origin}/api/v1/profile`, { data: profile, headers: { origin } })
    assert.ok(saved.ok(), await saved.text())
    await open('/app/sos')
    await page.getByText('Penicillin').waitFor()
    await installed(visit)
    await context.setOffline(true)
    await page.reload()
    await page.getByText('Penicillin').waitFor()
    await page.getByText(/From the record, as it was/).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Call Rosa Example' }).getAttribute('href'), 'tel:+49305550100')
    const message = await page.getByRole('link', { name: 'Message Rosa Example' }).getAttribute('href')
    assert.match(message ?? '', /^sms:\+49305550100\?&body=SOS%3A%20Helped%20Example%20needs%20help/)
    await page.evaluate(() => {
      // The dialler is not this browser's: what it is asked for is what counts.
      document.addEventListener('click', (event) => {
        const link = (event.target as HTMLElement).closest('a[href^="tel:"]')
        if (link === null) return
        event.preventDefault()
        document.body.dataset.dialled = link.getAttribute('href') ?? ''
      })
    })
    const hold = page.getByRole('button', { name: /Hold for 2 seconds/ })
    await hold.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Start now' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText(/The dialler opens in/).waitFor()
    assert.deepEqual(await violationsOf(page), [])
    await page.keyboard.press('Enter')
    await page.getByText('Cancelled. Nobody was called.').waitFor()
    assert.equal(await page.evaluate(() => document.body.dataset.dialled), undefined)
    await hold.hover()
    await page.mouse.down()
    await page.mouse.up()
    await page.getByText('Let go too early').waitFor()
    await page.mouse.down()
    await page.getByText(/The dialler opens in/).waitFor()
    await page.mouse.up()
    await page.getByText('It has told nobody').waitFor()
    assert.equal(await page.evaluate(() => document.body.dataset.dialled), 'tel:112')
    assert.deepEqual(await violationsOf(page), [])
    await context.close()
  })
})
