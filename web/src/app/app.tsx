import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core'
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { whenLacking, whenSignedOut } from '@/api/client'
import { Failure } from '@/api/problem'

import { useDensity } from './preferences'
import { router } from './router'
import { contrast, themeOf } from './theme'

const schemes = localStorageColorSchemeManager({ key: 'letopis.color-scheme' })

function newQueryClient() {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // The live stream tells when an answer has grown old.
        staleTime: 60_000,
        retry: (count, error) => error instanceof Failure && error.passing && count < 4,
        retryDelay: (count) => Math.min(300 * 2 ** count, 3000),
      },
    },
    mutationCache: new MutationCache(),
  })
  whenLacking(() => void client.invalidateQueries({ queryKey: ['session'] }))
  whenSignedOut(() => client.setQueryData(['session'], null))
  return client
}

export function App() {
  const [client] = useState(newQueryClient)
  const density = useDensity()
  const theme = useMemo(() => themeOf(density), [density])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={contrast} colorSchemeManager={schemes} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
