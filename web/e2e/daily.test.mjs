// The daily report: its six sections in their order, ticking and answering in place, refreshed by itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inPage, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

const sections = [
  'Сообщения', 'Вопросы, на которые нужно ответить', 'Мои вопросы без ответа', 'Задания к выполнению', 'Задания на проверку', 'Переговоры и график работ',
]

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

async function issue(title, assignee = 'sokolov') {
  const orlova = await signedInTo('orlova')
  const { me } = await signedInTo(assignee)
  const { id } = await orlova.post('/v1/assignments', { title, expected_result: 'Смета проверена', assignee_id: me.employee_id, due_at: tomorrow(), priority: 'normal' })
  return { id, state: async () => (await orlova.get(`/v1/assignments/${id}`)).state }
}

/** A line of a section, also where it is beyond the first few. */
async function lineOf(page, section, line) {
  const all = page.getByRole('region', { name: section }).getByRole('button', { name: /Показать все/ })
  await line.or(all).first().waitFor()
  if (!(await line.isVisible())) await all.click()
  return line
}

test('the six sections stand in the order of the brief, overdue first', inPage({ as: 'orlova' }, async (page) => {
  await open(page, '/')
  assert.deepEqual(await page.locator('main h2').allTextContents(), sections)
  for (const list of await page.locator('main section ul').all()) {
    const late = await list.locator('li').evaluateAll((lines) => lines.map((line) => line.dataset.late === 'true'))
    // Within the assignments to check the reported ones come first; everywhere else late ones do.
    if ((await list.locator('xpath=..').getByRole('heading').textContent()) === sections[4]) continue
    assert.deepEqual(late, late.toSorted((a, b) => Number(b) - Number(a)))
  }
}))

test('what a colleague gives appears by itself, and is accepted, begun and reported by ticking', inPage({ as: 'sokolov' }, async (page) => {
  await open(page, '/')
  const title = `Проверить смету ${Date.now()}`
  const work = await issue(title)
  const tick = (step) => page.getByRole('checkbox', { name: `${step}: ${title}` })
  await (await lineOf(page, 'Задания к выполнению', tick('Принять задание'))).click()
  await until(async () => (await work.state()) === 'accepted')
  await tick('Начать работу').click()
  await until(async () => (await work.state()) === 'in_progress')

  await tick('Доложить о выполнении').click()
  await page.getByLabel('Что получилось').fill('Смета верна')
  await page.getByRole('button', { name: 'Доложить о выполнении' }).click()
  await until(async () => (await work.state()) === 'reported_done')
  await page.getByRole('link', { name: title }).waitFor({ state: 'detached' })
}))

test('a question is answered without leaving the report', inPage({ as: 'sokolov' }, async (page) => {
  const orlova = await signedInTo('orlova')
  const subject = `Когда приедут ${Date.now()}`
  const me = (await signedInTo('sokolov')).me.employee_id
  const { id } = await orlova.post('/v1/threads', { kind: 'question', subject, text: 'Назовите день', addressee_ids: [me] })
  await open(page, '/')
  await (await lineOf(page, 'Вопросы, на которые нужно ответить', page.getByRole('button', { name: `Ответить: ${subject}` }))).click()
  await page.getByLabel('Текст').fill('В среду')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('link', { name: subject }).waitFor({ state: 'detached' })
  const thread = await orlova.get(`/v1/threads/${id}`)
  assert.equal(thread.waiting, 0)
}))

test('what is shown again is recorded when a person asks for it and it says something new', inPage({ as: 'zimina' }, async (page) => {
  const zimina = await signedInTo('zimina')
  const shown = async () => (await zimina.get('/v1/daily-reports?limit=100')).items.length
  await open(page, '/')
  const before = await shown()
  await page.reload()
  await open(page, '/')
  const title = `Сверить акты ${Date.now()}`
  await issue(title, 'zimina')
  await (await lineOf(page, 'Задания к выполнению', page.getByRole('link', { name: title }))).waitFor()
  assert.equal(await shown(), before)
  await page.getByRole('button', { name: 'Сформировать заново' }).click()
  await until(async () => (await shown()) === before + 1)
}))
