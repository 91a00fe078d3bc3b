/**
 * A user scales a Deployment from its drawer, in a real browser, on the real stack. Started by
 * `test_actions_journey.py`, which hands over the address and the password as JSON on standard input.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const fromPage = createRequire(new URL('../../../ui/package.json', import.meta.url))
const { chromium } = fromPage('playwright-core')
const { AxeBuilder } = fromPage('@axe-core/playwright')

const given = JSON.parse(readFileSync(0, 'utf8'))
const browser = await chromium.launch({
  executablePath: given.chromium,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
const page = await context.newPage()
page.setDefaultTimeout(30_000)

const picture = (what) => page.screenshot({ path: `${given.pictures}/${what}.png` })

async function nothingForAxe(what) {
  await picture(what)
  const { violations } = await new AxeBuilder({ page }).analyze()
  assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes[0].html}`), [])
}

const item = (name) => page.getByRole('menuitem', { name, exact: true })
const open = () => page.getByRole('button', { name: 'Actions' }).click()

try {
  await page.goto(`${given.url}/applications/argocd/acted?node=${encodeURIComponent(given.object)}`)
  await page.getByLabel('Password', { exact: true }).fill(given.password)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await open()
  await item('Scale').waitFor()
  assert.equal(await item('Resume').getAttribute('data-disabled'), 'true', 'what makes no sense is greyed out')
  // Mantine's menu has more in it than its items; that is not ours to judge.
  await picture('menu')

  await item('Scale').click()
  const form = page.getByRole('dialog', { name: 'Scale guestbook' })
  await form.getByLabel('replicas').waitFor()
  const before = await form.getByLabel('replicas').inputValue()
  assert.match(before, /^\d+$/, 'the dialog starts with the current value')
  await nothingForAxe('dialog')

  await form.getByLabel('replicas').fill('many')
  await form.getByRole('button', { name: 'Scale', exact: true }).click()
  await form.getByText('invalid number: many').waitFor()
  await nothingForAxe('refused')

  await form.getByLabel('replicas').fill('3')
  await form.getByRole('button', { name: 'Scale', exact: true }).click()
  await page.getByText('Scale: done').waitFor()
  await nothingForAxe('done')
  await page.setViewportSize({ width: 360, height: 740 })
  await picture('phone')
} catch (error) {
  await picture('where-it-stopped')
  console.error(error)
  process.exitCode = 1
} finally {
  await browser.close()
}
