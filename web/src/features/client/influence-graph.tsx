import '@xyflow/react/dist/style.css'

import { graphlib, layout } from '@dagrejs/dagre'
import { Badge, useComputedColorScheme } from '@mantine/core'
import { BaseEdge, Controls, EdgeLabelRenderer, Handle, MarkerType, Position, ReactFlow, type Edge as FlowEdge, type EdgeProps, type Node, type NodeProps } from '@xyflow/react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useWords } from '@/i18n'
import { RecordLink } from '@/ui/links'

import { decisionNode, namesOf, stanceColors, stanceOfPerson, type Edge, type InfluenceMap, type Stance } from './influence'
import classes from './client.module.css'

type Point = { x: number; y: number }
type PersonData = { id: string; name: string; position: string | undefined; roles: string[]; stance: Stance }
type LinkData = { label: string; points: Point[]; at: Point; color: string; dashed: boolean; width: number }
type Props = { map: InfluenceMap; links: Edge[]; direction: 'down' | 'right' }

const size = { person: { width: 230, height: 112 }, decision: { width: 210, height: 72 } }

const colorOf = (stance: Stance) => `var(--mantine-color-${stanceColors[stance]}-6)`

/** The map drawn: who stands where is computed, so that neither cards nor words lie on one another. */
export function InfluenceGraph({ map, links, direction }: Props) {
  const { t } = useTranslation('client')
  const scheme = useComputedColorScheme('light')
  const words = useWords()
  const { nodes, edges, height } = useMemo(() => draw(map, links, direction, (kind) => words(`influence.kind.${kind}`)), [map, links, direction, words])
  return (
    <div className={classes.canvas} style={{ height }} role="group" aria-label={t('influence.graphLabel')}>
      <ReactFlow
        key={`${direction}/${nodes.length}/${edges.length}`}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        fitView
        fitViewOptions={{ padding: 0.1, maxZoom: 1 }}
        minZoom={0.2}
      >
        <Controls showInteractive={false} aria-label={t('influence.zoom')} />
      </ReactFlow>
    </div>
  )
}

const target = (link: Edge) => link.to_person_id ?? decisionNode(link.to_decision ?? '')

function draw(map: InfluenceMap, links: Edge[], direction: Props['direction'], kindWord: (kind: string) => string): { nodes: Node[]; edges: FlowEdge[]; height: number } {
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: direction === 'down' ? 'TB' : 'LR', nodesep: 50, ranksep: 46, edgesep: 24, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const link of links) {
    graph.setNode(link.from_person_id, { ...size.person })
    graph.setNode(target(link), { ...(link.to_person_id ? size.person : size.decision) })
  }
  for (const link of links) {
    // A label has a place of its own in the layout, or it would hide behind a card.
    graph.setEdge(link.from_person_id, target(link), { width: labelOf(link, kindWord).length * 7 + 20, height: 26, labelpos: 'c' }, link.id)
  }
  layout(graph)
  const height = Math.min(640, Math.max(280, (graph.graph().height ?? 0) + 60))
  return { nodes: nodesOf(map, links, graph), edges: edgesOf(links, graph, kindWord), height }
}

const labelOf = (link: Edge, kindWord: (kind: string) => string) => [kindWord(link.kind), link.topic].filter(Boolean).join(': ')

type Graph = InstanceType<typeof graphlib.Graph>

function nodesOf(map: InfluenceMap, links: Edge[], graph: Graph): Node[] {
  const people = new Map(map.people.map((one) => [one.id, one]))
  const names = namesOf(map)
  const decisions = new Map(links.filter((link) => !link.to_person_id).map((link) => [decisionNode(link.to_decision ?? ''), link.to_decision ?? '']))
  return graph.nodes().map((id) => {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number }
    const decision = decisions.get(id)
    const person = people.get(id)
    const data = decision === undefined ? { id, name: names.get(id) ?? '…', position: person?.position, roles: (person?.decision_roles ?? []).map((role) => role.role), stance: stanceOfPerson(map, id) } : { name: decision }
    return { id, type: decision === undefined ? 'person' : 'decision', position: { x: x - width / 2, y: y - height / 2 }, width, height, data }
  })
}

function edgesOf(links: Edge[], graph: Graph, kindWord: (kind: string) => string): FlowEdge[] {
  return links.map((link) => {
    const place = graph.edge({ v: link.from_person_id, w: target(link), name: link.id }) as unknown as { points: Point[]; x: number; y: number }
    const color = link.kind === 'blocks' ? 'var(--mantine-color-red-6)' : link.state === 'confirmed' ? 'var(--mantine-color-accent-6)' : 'var(--mantine-color-gray-6)'
    const data: LinkData = { label: labelOf(link, kindWord), points: place.points, at: { x: place.x, y: place.y }, color, dashed: link.state !== 'confirmed', width: 1 + link.strength * 0.5 }
    return { id: link.id, source: link.from_person_id, target: target(link), type: 'influence', data, markerEnd: { type: MarkerType.ArrowClosed, color } }
  })
}

function PersonCardNode({ data }: NodeProps<Node<PersonData>>) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <div className={classes.node} style={{ ['--stance' as string]: colorOf(data.stance) }}>
      <Ends />
      <RecordLink kind="contact_person" id={data.id} className={classes.nodeName}>
        {data.name}
      </RecordLink>
      <span className={classes.nodeLine}>{[data.position, ...data.roles.map((role) => words(`decision_role.${role}`))].filter(Boolean).join(' · ')}</span>
      <Badge color={stanceColors[data.stance]}>{t(`stance.${data.stance}`)}</Badge>
    </div>
  )
}

function DecisionNode({ data }: NodeProps<Node<{ name: string }>>) {
  const { t } = useTranslation('client')
  return (
    <div className={`${classes.node} ${classes.decision}`}>
      <Ends />
      <span className={classes.nodeLine}>{t('influence.decisionWord')}</span>
      <span>{data.name}</span>
    </div>
  )
}

// The library wants to know where lines may end; where they do end is computed with the layout.
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </>
  )
}

function InfluenceLine({ data, markerEnd }: EdgeProps<FlowEdge<LinkData>>) {
  if (!data) return null
  return (
    <>
      <BaseEdge path={smooth(data.points)} {...(markerEnd ? { markerEnd } : {})} style={{ stroke: data.color, strokeWidth: data.width, ...(data.dashed ? { strokeDasharray: '6 5' } : {}) }} />
      <EdgeLabelRenderer>
        <div className={classes.edgeLabel} style={{ transform: `translate(-50%, -50%) translate(${data.at.x}px, ${data.at.y}px)`, ['--edge' as string]: data.color }}>
          {data.label}
        </div>
      </EdgeLabelRenderer>
    </>
  )
}

/** A curve through the layout's points, its bends rounded. */
function smooth(points: Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  const middle = (a: Point, b: Point) => `${(a.x + b.x) / 2},${(a.y + b.y) / 2}`
  const bends = rest.slice(0, -1).map((point, i) => `Q${point.x},${point.y} ${middle(point, rest[i + 1] as Point)}`)
  const last = rest.at(-1) ?? first
  return [`M${first.x},${first.y}`, ...bends, `L${last.x},${last.y}`].join(' ')
}

// Outside of the component: new objects on each drawing would make the library start over.
const nodeTypes = { person: PersonCardNode, decision: DecisionNode }
const edgeTypes = { influence: InfluenceLine }
