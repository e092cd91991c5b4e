import type { Page } from 'playwright-core'

/** Waits until something is wrong with the field of the name: what is said of it, and whether the focus is there. */
export async function faultAt(page: Page, name: string): Promise<{ said: string; isFocused: boolean }> {
  const field = page.locator(`[name="${name}"][aria-invalid=true]`)
  await field.waitFor()
  const id = (await field.getAttribute('aria-describedby'))?.split(' ').at(-1)
  await page.waitForFunction((one) => document.activeElement?.getAttribute('name') === one, name)
  return {
    said: await page.locator(`[id="${id}"]`).innerText(),
    isFocused: await field.evaluate((one) => one === document.activeElement),
  }
}
