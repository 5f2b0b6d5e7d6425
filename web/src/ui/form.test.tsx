import { MantineProvider, TextInput } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import i18next from 'i18next'
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { details, startTexts, word } from '@/i18n'

import { CommandForm } from './command-form'
import { given } from './form'

// The API's client takes fetch when it is loaded.
const server = vi.hoisted(() => {
  const answer = vi.fn<(request: Request) => Promise<Response>>()
  globalThis.fetch = answer as unknown as typeof fetch
  return answer
})

vi.mock('@/app/asof', () => ({ useMayChange: () => true, useAsOf: () => undefined }))

beforeAll(async () => {
  await startTexts()
  await i18next.loadNamespaces(details)
})
beforeEach(() => sessionStorage.clear())

function show() {
  const client = new QueryClient()
  client.setQueryData(['session'], { employee_id: 'me', login: 'me', roles: [], denied: [] })
  return render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <CommandForm name="test" path="/v1/departments" initial={{ name: '' }} body={(values) => values as never} submit="Go">
          {(form) => <TextInput label="Name" {...form.getInputProps('name')} />}
        </CommandForm>
      </QueryClientProvider>
    </MantineProvider>,
  )
}

test('what was typed survives a reload of the page', () => {
  const first = show()
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Sales' } })
  first.unmount()
  show()
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Sales')
})

test("a draft is the person's who typed it", () => {
  sessionStorage.setItem('letopis.draft.other.test', JSON.stringify({ name: 'Secret' }))
  show()
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('')
})

test("the server's findings stand at their fields, and a repeated try is the same command", async () => {
  const keys: (string | null)[] = []
  server.mockImplementation(async (request) => {
    keys.push(request.headers.get('Idempotency-Key'))
    const problem = { title: 'x', status: 422, detail: 'x', code: 'invalid', errors: [{ location: 'body.name', code: 'required', message: 'is needed' }] }
    return new Response(JSON.stringify(problem), { status: 422, headers: { 'Content-Type': 'application/problem+json' } })
  })
  show()
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: ' ' } })
  fireEvent.click(screen.getByRole('button', { name: 'Go' }))
  expect(await screen.findByText(word('ru', 'field_code.required') ?? '')).toBeDefined()
  fireEvent.click(screen.getByRole('button', { name: 'Go' }))
  await vi.waitFor(() => expect(keys.length).toBe(2))
  expect(keys[0]).toBeTruthy()
  expect(keys[1]).toBe(keys[0])
})

test('what was not filled in is left out', () => {
  expect(given({ name: 'a', note: '', due: null, tags: [], count: 0, done: false })).toEqual({ name: 'a', count: 0, done: false })
})
