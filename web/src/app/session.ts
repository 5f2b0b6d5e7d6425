import { useQuery, useQueryClient } from '@tanstack/react-query'

import { http, orFail } from '@/api/client'
import { Failure } from '@/api/problem'
import type { Schema } from '@/api/hooks'

import { actForNobody } from './acting'

export type Me = Schema<'Me'>

const sessionKey = ['session']

/** Who is signed in: `null` for nobody, `undefined` until it is known. */
export function useSession() {
  return useQuery<Me | null, Failure>({
    queryKey: sessionKey,
    queryFn: async () => {
      const answer = await http.GET('/v1/session')
      return answer.response.status === 401 ? null : orFail<Me>(answer)
    },
    staleTime: Infinity,
    retry: (_, failure) => failure.passing,
  })
}

/** Who is signed in, on screens that nobody else sees. */
export function useMe(): Me {
  const { data } = useSession()
  if (!data) throw new Error('nobody is signed in')
  return data
}

/** Do the roles allow an operation, by its id in the API's document? Rules about one record are the server's. */
export function useMay() {
  const { data } = useSession()
  return (operation: string) => !data?.denied.includes(operation)
}

export function useSigning() {
  const client = useQueryClient()
  return {
    signIn: async (login: string, password: string) => {
      actForNobody()
      const me = orFail<Me>(await http.POST('/v1/session', { body: { login, password } }))
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
      client.setQueryData(sessionKey, me)
      return me
    },
    signOut: async () => {
      orFail(await http.DELETE('/v1/session'))
      actForNobody()
      client.setQueryData(sessionKey, null)
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    },
    /** What the session is worth has changed. */
    renewed: () => client.invalidateQueries(),
    passCode: async (code: string) => {
      client.setQueryData(sessionKey, orFail<Me>(await http.POST('/v1/session/second-factor', { body: { code } })))
    },
    /** The server has said that the session is over. What was typed stays: see ui/draft. */
    signedOut: () => client.setQueryData(sessionKey, null),
  }
}
