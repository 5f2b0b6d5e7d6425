import { Navigate } from '@tanstack/react-router'

/** Who is signed in already and comes to the sign-in page goes on to the day. */
export function Home() {
  return <Navigate to="/" replace />
}
