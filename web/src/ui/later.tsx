import { Suspense, lazy, type ComponentType, type ReactNode } from 'react'

/**
 * A part of a screen that is fetched when it is first shown: forms, above all, which most visits never open.
 *
 *     const NewClient = later(() => import('./new-client').then((m) => m.NewClient))
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null): ComponentType<Props> {
  const Part = lazy(async () => ({ default: (await load()) as ComponentType<object> }))
  return function Later(props: Props) {
    return (
      <Suspense fallback={meanwhile}>
        <Part {...props} />
      </Suspense>
    )
  }
}
