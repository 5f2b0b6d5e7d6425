type Node = { id: string; name: string; parent_id?: string | undefined; active: boolean }

export type Branch<N extends Node> = { node: N; inside: Branch<N>[] }

/** The tree of a flat list. What lies in a department that is not in the list stands at the root: nothing is lost from sight. */
export function branches<N extends Node>(nodes: readonly N[]): Branch<N>[] {
  const known = new Set(nodes.map((node) => node.id))
  const under = (parent: string | undefined): Branch<N>[] =>
    nodes
      .filter((node) => (node.parent_id && known.has(node.parent_id) ? node.parent_id : undefined) === parent)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map((node) => ({ node, inside: under(node.id) }))
  return under(undefined)
}

/** Where a department may lie: in any that works, but neither in itself nor in what lies in it. */
export function mayLieIn<N extends Node>(nodes: readonly N[], moved: N): N[] {
  const parents = new Map(nodes.map((node) => [node.id, node.parent_id]))
  const isInside = (id: string | undefined): boolean => id !== undefined && (id === moved.id || isInside(parents.get(id)))
  return nodes.filter((node) => node.active && !isInside(node.id))
}
